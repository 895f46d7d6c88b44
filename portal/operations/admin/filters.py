"""Which part of the queue one looks at."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.operations.declare import OPERATIONS


class QueueFilter(admin.SimpleListFilter):
    """Without a choice: what the desk has to work."""

    title = _("coda")
    parameter_name = "coda"

    PARTS = {
        "libere": (_("Libere"), lambda found, user: found.queue().unassigned()),
        "mie": (_("In carico a me"), lambda found, user: found.queue().filter(assigned_to=user)),
        "ritardo": (_("In ritardo"), lambda found, user: found.queue().late()),
        "approvazione": (
            _("Aspettano l'approvazione"),
            lambda found, user: found.open().filter(approval="waiting"),
        ),
        "automatiche": (
            _("In lavorazione automatica"),
            lambda found, user: found.open().filter(at_the_desk=False).exclude(approval="waiting"),
        ),
        "chiuse": (_("Chiuse"), lambda found, user: found.exclude(closed_at=None)),
        "tutte": (_("Tutte"), lambda found, user: found),
    }

    def lookups(self, request, model_admin):
        return [(value, words) for value, (words, _part) in self.PARTS.items()]

    def choices(self, changelist):
        chosen = self.value()
        yield {
            "selected": chosen not in self.PARTS,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Da lavorare"),
        }
        for value, words in self.lookup_choices:
            yield {
                "selected": chosen == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": words,
            }

    def queryset(self, request, queryset):
        _words, part = self.PARTS.get(self.value(), ("", lambda found, user: found.queue()))
        return part(queryset, request.user)


class LabelFilter(admin.SimpleListFilter):
    title = _("tipo pratica")
    parameter_name = "tipo"

    def lookups(self, request, model_admin):
        return sorted(
            (kind, str(operation.title or operation.label)) for kind, operation in OPERATIONS.items()
        )

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() in OPERATIONS else queryset
