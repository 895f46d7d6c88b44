"""«Consistenze aggregate» (7.2.1): how many of what, read from totals that are kept as lines change."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.lists.common import InventoryPage
from lines.models import DeviceService, InventoryTotal
from portal import money
from portal.lists import Column, Empty, Export, NumberColumn, PortalTable, StateColumn

Subject = InventoryTotal.Subject


def totals_of(subject: str):
    """The rows of one subject, of the contract chosen."""
    return lambda access: InventoryTotal.objects.for_access(access).filter(subject=subject, count__gt=0)


class _Totals(InventoryPage):
    default_order = ("label", "state")
    empty = Empty(_("Su questo contratto non ci sono ancora servizi di questo tipo."))


class TotalsTable(PortalTable):
    """Every count leads to the rows it counts."""

    detail_url = ""  # of the list of 7.2.2; empty where that has none on screen
    keys: tuple[tuple[str, str], ...] = (("stato", "state"),)  # (filter of that list, column of the total)

    def render_count(self, value, record):
        shown = money.number(value, 0)
        if not self.detail_url:
            return shown
        query = urlencode({name: getattr(record, column) for name, column in self.keys})
        url = f"{reverse(self.detail_url)}?{query}"
        words = _t("%(count)s: vedi il dettaglio") % {"count": shown}
        return format_html('<a href="{}" aria-label="{}">{}</a>', url, words, shown)


class LineTotalsTable(TotalsTable):
    detail_url = "lines:lines"
    keys = (("profilo", "label"), ("stato", "state"))

    count = NumberColumn(_("Tot. Linee"), fixed=True)
    label = Column(_("Profilo Tariffario"), fixed=True)
    state = StateColumn(_("Stato"), fixed=True)


class LineTotals(_Totals):
    function = "7.2.1.1"
    queryset = totals_of(Subject.LINES)
    table = LineTotalsTable
    export = Export("ConsistenzaAggregataLinee")
    empty = Empty(_("Su questo contratto non ci sono ancora linee."))


class ServiceTotalsTable(TotalsTable):
    detail_url = "lines:services"
    keys = (("descrizione", "label"), ("stato", "state"))

    count = NumberColumn(_("Tot. Servizi"), fixed=True)
    label = Column(_("Descrizione Servizio"), fixed=True)
    state = StateColumn(_("Stato"), fixed=True)


class LineServiceTotals(_Totals):
    function = "7.2.1.2"
    queryset = totals_of(Subject.LINE_SERVICES)
    table = ServiceTotalsTable
    export = Export("ConsistenzaAggregataSTS")


class DualPostpaidTotalsTable(TotalsTable):
    detail_url = "lines:dual-postpaid"

    count = NumberColumn(_("Tot. Servizi"), fixed=True)
    state = StateColumn(_("Stato"), fixed=True)


class DualPrepaidTotalsTable(TotalsTable):
    count = NumberColumn(_("Tot. Servizi"), fixed=True)
    state = StateColumn(_("Stato"), fixed=True)


class DualPostpaidTotals(_Totals):
    function = "7.2.1.3"
    queryset = totals_of(Subject.DUAL_POSTPAID)
    table = DualPostpaidTotalsTable
    default_order = ("state",)
    export = Export("ConsistenzaAggregataTimTuoAbb")


class DualPrepaidTotals(_Totals):
    function = "7.2.1.4"
    queryset = totals_of(Subject.DUAL_PREPAID)
    table = DualPrepaidTotalsTable
    default_order = ("state",)
    export = Export("ConsistenzaAggregataTimTuoRic")


class DeviceTotalsTable(TotalsTable):
    detail_url = "lines:devices"
    keys = (("codice", "label"), ("servizio", "detail"), ("stato", "state"))

    count = NumberColumn(_("Tot. Servizi"), fixed=True)
    label = Column(_("Codice NMU"), fixed=True, css="pc-code")
    detail = Column(_("Tipo Servizio"), fixed=True)
    state = StateColumn(_("Stato"), fixed=True)

    def render_detail(self, value):
        return _kind(value)

    def value_detail(self, record):
        return _kind(record.detail)


def _kind(value: str) -> str:
    return str(dict(DeviceService.Kind.choices).get(value, value))


class DeviceTotals(_Totals):
    function = "7.2.1.5"
    queryset = totals_of(Subject.DEVICE_SERVICES)
    table = DeviceTotalsTable
    default_order = ("label", "detail")
    export = Export("ConsistenzaAggregataApparati")


class ContractServiceTotalsTable(TotalsTable):
    detail_url = "lines:contract-services"
    keys = (("descrizione", "label"), ("stato", "state"))

    count = NumberColumn(_("Tot. Sac"), fixed=True)
    label = Column(_("Descrizione Servizio"), fixed=True)
    state = StateColumn(_("Stato"), fixed=True)


class ContractServiceTotals(_Totals):
    function = "7.2.1.6"
    queryset = totals_of(Subject.CONTRACT_SERVICES)
    table = ContractServiceTotalsTable
    export = Export("ConsistenzaAggregataSAC")
