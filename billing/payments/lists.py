"""«Storico ricariche personali» (9.1.3)."""

from __future__ import annotations

from django.urls import reverse_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import Movement
from portal import clock
from portal.lists import Column, Empty, InstantColumn, ListPage, MoneyColumn, PortalTable, SaidColumn

MONTHS = 6


def since():
    return clock.add_months(clock.today(), -MONTHS)


class TopUpTable(PortalTable):
    at = InstantColumn(_("Data e ora"), fixed=True)
    amount = MoneyColumn(_("Importo"), fixed=True)
    kind = Column(_("Tipo di ricarica"))
    detail = SaidColumn(_("Dettaglio"), orderable=False)


class PersonalTopUps(ListPage):
    function = "9.1.3"
    table = TopUpTable
    default_order = ("-at",)
    totals, noun = _("Tot. record"), _("ricariche")
    empty = Empty(
        _("Negli ultimi 6 mesi il credito personale non è stato ricaricato."),
        _("Ricarica il tuo credito"),
        reverse_lazy("billing:top-up"),
    )

    @staticmethod
    def queryset(access):
        mine = Movement.objects.own(access).since_held(access).personal().top_ups()
        return mine.filter(at__gte=clock.day_start(since()), amount__gt=0)

    def get_context(self):
        words = _t("Ricariche del credito personale dal %(since)s al %(until)s, da tutti i canali.")
        dates = {"since": f"{since():%d/%m/%Y}", "until": f"{clock.today():%d/%m/%Y}"}
        return {"page_purpose": words % dates}
