"""«SMS di servizio»: what the portal wrote to the own line in the last six months (9.2.3)."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from billing import consumption
from portal import clock
from portal.lists import (
    Column,
    Empty,
    Export,
    InstantColumn,
    ListPage,
    PortalFilterSet,
    PortalTable,
    StateColumn,
)
from portal.lists.actions import act
from portal.lists.listing import Listing
from portal.lists.preferences import preference_of

WIDEST = str(consumption.MESSAGE_MONTHS)
# What an SMS is about, by the first word of its kind; senders need not know this page.
SUBJECTS = {
    "account": _("Accesso al portale"),
    "request": _("Esito di una richiesta"),
    "threshold": _("Soglie di traffico"),
    "topup": _("Ricariche"),
    "payment": _("Ricariche"),
    "personal": _("Ricariche"),
    "tim": _("TIM TUO"),
    "package": _("TIM TUO"),
    "offer": _("Offerte"),
}
GENERAL = _("SMS Area Clienti H24")


def subject_of(kind: str) -> str:
    return str(SUBJECTS.get(kind.replace("_", "-").partition("-")[0], GENERAL))


class MessageTable(PortalTable):
    sender = Column(_("Mittente"), fixed=True, css="pc-nowrap")
    kind = Column(_("Tipologia"))
    text = Column(_("Testo SMS"), fixed=True, orderable=False, css="pu-text")
    sent_at = InstantColumn(_("Data/ora invio"), order_by=("created_at",))
    delivered_at = InstantColumn(_("Data/ora consegna"))
    state = StateColumn(_("Stato"), upper=True)

    def render_kind(self, value):
        return subject_of(value)

    def value_kind(self, record):
        return subject_of(record.kind)

    def render_text(self, record):
        return record.shown_text

    def value_text(self, record):
        return record.shown_text


class MessageFilters(PortalFilterSet):
    periodo = django_filters.ChoiceFilter(
        label=_("Seleziona periodo"),
        choices=(("1", _("1 mese")), ("2", _("2 mesi")), ("3", _("3 mesi")), (WIDEST, _("6 mesi"))),
        empty_label=None,
        method="since",
    )

    def since(self, queryset, name, value):
        first = clock.add_months(clock.today(), -int(value))
        return queryset.filter(created_at__gte=clock.day_start(first))

    def chips(self):
        return []  # there is always a period: nothing to take away


class ServiceMessages(ListPage):
    function = "9.2.3"
    table, filters = MessageTable, MessageFilters
    default_order = ("-sent_at",)
    totals, noun = _("Tot. SMS"), _("SMS")
    empty = Empty(_("In questo periodo non hai ricevuto SMS di servizio."))
    export = Export("SMSdiServizio")
    template_name = "billing/own/messages.html"

    @staticmethod
    def queryset(access) -> QuerySet:
        return consumption.service_messages(access)

    def initial_filters(self) -> dict[str, str]:
        return {"periodo": "1"}

    def post(self, request, *args, **kwargs):
        """The file holds every SMS that can be read, whatever is on screen (Q83)."""
        if "export" not in request.POST:
            return super().post(request, *args, **kwargs)
        params = QueryDict(mutable=True)
        params["periodo"] = WIDEST
        return act(
            request,
            Listing(self, params, path=request.path, preference=preference_of(request, self.key())),
        )
