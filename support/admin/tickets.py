"""Tickets at the desk: late ones first; each step goes through the services."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.desk_admin import ReadOnly
from portal import clock
from portal.forms import ImeiField
from support.models import DeviceTicket, TicketState
from support.services import tickets
from support.views.tickets import events_of


class MoveForm(forms.Form):
    state = forms.ChoiceField(label=_("Nuovo stato"))
    note = forms.CharField(
        label=_("Nota (per chiudere: l'esito)"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("La legge chi ha aperto il ticket."),
    )

    def __init__(self, *args, found: DeviceTicket, **kwargs):
        self.found = found
        super().__init__(*args, **kwargs)
        offered = DeviceTicket.MOVES[TicketState(found.state)]
        if found.event != DeviceTicket.Event.FAULT:
            offered = offered - {TicketState.REPAIR}
        self.fields["state"].choices = [(s.value, s.label) for s in TicketState if s in offered]

    def act(self, actor) -> str:
        data = self.cleaned_data
        tickets.move(ticket=self.found, to_state=data["state"], actor=actor, note=data["note"])
        return _t("Stato del ticket cambiato.")


class ReplaceForm(forms.Form):
    state = forms.ChoiceField(label=_("Sostituzione"))
    imei = ImeiField(label=_("IMEI sostitutivo"), required=False)
    name = forms.CharField(label=_("Modello sostitutivo"), max_length=80, required=False)
    carrier = forms.CharField(label=_("Corriere"), max_length=40, required=False)
    tracking = forms.CharField(label=_("Codice di spedizione"), max_length=40, required=False)

    def __init__(self, *args, found: DeviceTicket, **kwargs):
        self.found = found
        super().__init__(*args, **kwargs)
        kinds = DeviceTicket.Replacement
        offered = DeviceTicket.REPLACEMENT_MOVES[kinds(found.replacement)]
        self.fields["state"].choices = [(s.value, s.label) for s in kinds if s in offered]
        if found.replacement:
            del self.fields["imei"], self.fields["name"]

    def act(self, actor) -> str:
        values = dict(self.cleaned_data)
        tickets.replace(ticket=self.found, state=values.pop("state"), actor=actor, **values)
        return _t("Sostituzione aggiornata.")


STEPS = {"move": MoveForm, "replace": ReplaceForm}
WORK = "support.change_deviceticket"


def _ids(step: str) -> str:
    """Two forms on one page: each label must find its own field."""
    return f"{step}-%s"


class LateFilter(admin.SimpleListFilter):
    title = _("tempo promesso")
    parameter_name = "tempo"

    def lookups(self, request, model_admin):
        return (("late", _("In ritardo")), ("open", _("Aperti")))

    def queryset(self, request, queryset):
        if self.value() == "late":
            return queryset.open().filter(due_at__lt=clock.now())
        return queryset.open() if self.value() == "open" else queryset


@admin.register(DeviceTicket)
class TicketAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "number",
        "contract",
        "event",
        "device_name",
        "imei",
        "state",
        "due_at",
        "late",
        "replacement",
    )
    list_filter = (LateFilter, "state", "event", "delivery")
    list_select_related = ("contract",)
    search_fields = ("=number", "=imei", "=contract__number", "=replacement_imei")
    show_full_result_count = False

    def get_ordering(self, request):
        closed_last = Case(When(state=TicketState.CLOSED, then=Value(1)), default=Value(0))
        return (closed_last.asc(), "due_at", "pk")

    @admin.display(description=_("In ritardo"), boolean=True)
    def late(self, obj):
        return obj.is_late

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, unquote(object_id))
        if found is None:
            raise Http404
        return self._step(request, found) if request.method == "POST" else self._page(request, found)

    def _step(self, request, found: DeviceTicket) -> HttpResponse:
        step = STEPS.get(request.POST.get("step", ""))
        if step is None:
            raise Http404
        if not request.user.has_perm(WORK):
            raise PermissionDenied
        form = step(request.POST, found=found, auto_id=_ids(request.POST["step"]))
        if not form.is_valid():
            return self._page(request, found, {request.POST["step"]: form})
        try:
            self.message_user(request, form.act(request.user), messages.SUCCESS)
        except tickets.Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        return redirect(reverse("admin:support_deviceticket_change", args=[found.pk]))

    def _page(self, request, found: DeviceTicket, bound: dict | None = None) -> HttpResponse:
        may = found.is_open and request.user.has_perm(WORK)
        made = (
            {
                name: (bound or {}).get(name) or form(found=found, auto_id=_ids(name))
                for name, form in STEPS.items()
            }
            if may
            else {}
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Ticket %(number)s") % {"number": found.number},
            "opts": self.opts,
            "found": found,
            "steps": {name: form for name, form in made.items() if form.fields["state"].choices},
            "documents": found.request.documents.all(),
            "events": events_of(found, for_staff=True),
        }
        return TemplateResponse(request, "admin/support/ticket.html", context)
