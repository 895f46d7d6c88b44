"""«Consistenze di dettaglio» (7.2.2): every line, service and device of the contract."""

from __future__ import annotations

import django_filters
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.lists.common import InventoryPage, StateFilter, counted, line_column
from lines.models import (
    ContractService,
    DeviceService,
    DualBilling,
    InventoryRow,
    InventoryTotal,
    LineService,
)
from portal import identifiers
from portal.lists import (
    CodeColumn,
    Column,
    DateColumn,
    Empty,
    Export,
    IccidColumn,
    LineFinder,
    MobileColumn,
    MoneyColumn,
    NumberColumn,
    PortalTable,
    StateColumn,
)

Subject = InventoryTotal.Subject


class _Detail(InventoryPage):
    subject: str = ""
    default_order = ("number",)

    def fast_count(self, queryset, unfiltered):
        return counted(self.access, self.subject) if unfiltered else None


# --- Su linea -----------------------------------------------------------------------------------------------
class LineTable(PortalTable):
    number = line_column(_("Numero"))
    role = Column(_("One number"))
    imei = Column(_("IMEI"), accessor="pk", orderable=False, exclude_from_export=True, css="pc-nowrap")
    iccid = IccidColumn(_("ICCID"))
    plan_name = Column(_("Profilo tariffario"))
    activated_on = DateColumn(_("Data Attivazione"))
    ceased_on = DateColumn(_("Data cessazione"))
    state = StateColumn(_("Stato"), fixed=True)
    holder_name = Column(_("Assegnatario"), hidden=True)

    def render_imei(self, value, record):
        """Asked of the network only when somebody wants to know (R1)."""
        url = reverse("lines:imei", args=[value])
        return format_html(
            '<a href="{}" hx-get="{}" hx-target="this" hx-swap="outerHTML" hx-push-url="false">{}'
            '<span class="visually-hidden"> {}</span></a>',
            url,
            url,
            _t("Richiedi"),
            _t("l'IMEI della linea %(number)s") % {"number": record.number},
        )


class LineFilters(StateFilter):
    subject, label_filter = Subject.LINES, "profilo"

    profilo = django_filters.ChoiceFilter(label=_("Profilo tariffario"), field_name="plan_name")
    assegnatario = django_filters.CharFilter(
        label=_("Assegnatario"), field_name="holder_name", lookup_expr="icontains"
    )


class LineList(_Detail):
    function, subject = "7.2.2.1", Subject.LINES
    queryset = InventoryRow.objects.all()
    table, filters = LineTable, LineFilters
    search = LineFinder(number="number", iccid="iccid")
    totals, noun = _("Tot. Linee"), _("linee")
    empty = Empty(_("Su questo contratto non ci sono ancora linee."))
    export = Export("ConsistenzaDettaglioLinee", queued=True)


# --- Servizi su linea ---------------------------------------------------------------------------------------
class LineServiceTable(PortalTable):
    number = line_column(_("Numero"))
    description = Column(_("Descrizione"), fixed=True)
    activated_on = DateColumn(_("Data Attivazione"))
    ceased_on = DateColumn(_("Data Cessazione"))
    state = StateColumn(_("Stato"))
    organization_share = NumberColumn(_("% a carico Ente"), places=0)
    fee = MoneyColumn(_("Canone €"))

    def render_description(self, record):
        """«Filtro APN» says which access point it lets through (R3)."""
        return record.full_description

    def value_description(self, record):
        return record.full_description


class LineServiceFilters(StateFilter):
    subject, label_filter = Subject.LINE_SERVICES, "descrizione"

    descrizione = django_filters.ChoiceFilter(label=_("Descrizione"), field_name="description")


class LineServiceList(_Detail):
    function, subject = "7.2.2.2", Subject.LINE_SERVICES
    queryset = LineService.objects.all()
    table, filters = LineServiceTable, LineServiceFilters
    search = LineFinder(number="number", iccid="line__iccid")
    totals, noun = _("Tot. Servizi"), _("servizi")
    empty = Empty(_("Sulle linee di questo contratto non ci sono ancora servizi."))
    export = Export("ConsistenzaDettaglioSTS", queued=True)


# --- TIM TUO ------------------------------------------------------------------------------------------------
class DualTable(PortalTable):
    number = line_column(_("Numero"))
    code = CodeColumn(_("Codice"))
    holder_name = Column(_("Dati Dipendente"), order_by=("last_name", "first_name"))
    activated_on = DateColumn(_("Data attivazione"))
    ceased_on = DateColumn(_("Data Cessazione"))
    state = StateColumn(_("Stato"))

    def value_holder_name(self, record):
        return record.holder_name


class DualFilters(StateFilter):
    cognome = django_filters.CharFilter(label=_("Cognome"), field_name="last_name", lookup_expr="istartswith")
    codice = django_filters.CharFilter(label=_("Codice"), method="by_code")
    codice_fiscale = django_filters.CharFilter(label=_("Codice fiscale"), method="by_tax_code")

    def by_code(self, queryset, _name, value):
        return queryset.search(code=value)

    def by_tax_code(self, queryset, _name, value):
        return queryset.filter(tax_code=identifiers.compact(value))


class DualPostpaidList(_Detail):
    function, subject = "7.2.2.3", Subject.DUAL_POSTPAID
    queryset = DualBilling.objects.postpaid()
    table, filters = DualTable, DualFilters
    search = LineFinder(number="number", iccid="line__iccid")
    totals, noun = _("Tot. Servizi"), _("servizi")
    empty = Empty(_("Nessun dipendente usa ancora TIM TUO sulle linee in abbonamento."))
    export = Export("ConsistenzaDettaglioTimTuoAbb", queued=True)


class DualPrepaidTable(PortalTable):
    number = MobileColumn(_("Numero"))
    holder_name = Column(_("Dati Dipendente"), order_by=("last_name", "first_name"))
    activated_on = DateColumn(_("Data attivazione"))
    ceased_on = DateColumn(_("Data Cessazione"))
    state = StateColumn(_("Stato"))

    def value_holder_name(self, record):
        return record.holder_name


class DualPrepaidList(_Detail):
    """No list on screen: the file only."""

    template_name = "lines/dual_prepaid.html"

    function, subject = "7.2.2.4", Subject.DUAL_PREPAID
    queryset = DualBilling.objects.prepaid()
    table = DualPrepaidTable
    only_export = True
    export = Export("ConsistenzaDettaglioTimTuoRic", queued=True)

    def get_context(self):
        return super().get_context() | {"services": counted(self.access, self.subject)}


# --- Apparati -----------------------------------------------------------------------------------------------
class DeviceServiceTable(PortalTable):
    imei = CodeColumn(_("IMEI"), fixed=True)
    nmu_code = CodeColumn(_("Codice NMU"))
    kind = Column(_("Tipo Servizio"))
    description = Column(_("Descrizione"))
    activated_on = DateColumn(_("Data Attivazione"))
    ceased_on = DateColumn(_("Data Cessazione"))
    state = StateColumn(_("Stato"))


class DeviceFilters(StateFilter):
    subject, label_filter = Subject.DEVICE_SERVICES, "codice"

    cerca = django_filters.CharFilter(
        label=_("Linea / IMEI"),
        method="by_text",
        help_text=_("Numero, ICCID, IMEI o parole della descrizione"),
    )
    codice = django_filters.ChoiceFilter(label=_("Codice NMU"), field_name="nmu_code")
    servizio = django_filters.ChoiceFilter(
        label=_("Tipo Servizio"),
        field_name="kind",
        choices=DeviceService.Kind.choices,
        empty_label=_("Tutti"),
    )

    def by_text(self, queryset, _name, value):
        return queryset.search(value)


class DeviceServiceList(_Detail):
    function, subject = "7.2.2.5", Subject.DEVICE_SERVICES
    queryset = DeviceService.objects.all()
    table, filters = DeviceServiceTable, DeviceFilters
    default_order = ("imei",)
    totals, noun = _("Tot. Servizi"), _("servizi")
    empty = Empty(_("Su questo contratto non ci sono apparati."))
    export = Export("ConsistenzaDettaglioApparati", queued=True)


# --- Servizi a contratto ------------------------------------------------------------------------------------
class ContractServiceTable(PortalTable):
    description = Column(_("Descrizione Servizio"), fixed=True)
    activated_on = DateColumn(_("Data Attivazione"))
    ceased_on = DateColumn(_("Data Cessazione"))
    state = StateColumn(_("Stato"))


class ContractServiceFilters(StateFilter):
    subject, label_filter = Subject.CONTRACT_SERVICES, "descrizione"

    descrizione = django_filters.ChoiceFilter(label=_("Descrizione Servizio"), field_name="description")


class ContractServiceList(_Detail):
    function, subject = "7.2.2.6", Subject.CONTRACT_SERVICES
    queryset = ContractService.objects.all()
    table, filters = ContractServiceTable, ContractServiceFilters
    default_order = ("description",)
    totals, noun = _("Tot. Sac"), _("servizi")
    empty = Empty(_("Su questo contratto non ci sono servizi a contratto."))
    export = Export("ConsistenzaDettaglioSAC", queued=True)
