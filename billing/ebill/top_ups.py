"""Company top-ups and the credit left (B2.1.3): what the organization put on prepaid lines, never their own money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import django_filters
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Round
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.ebill import months
from billing.models import Basket, Movement, MovementKind, Wallet
from billing.models.wallet import TOP_UPS
from billing.querysets import months_back
from lines.models import BillingType, LineState
from portal import clock
from portal.lists import (
    Column,
    DateColumn,
    Empty,
    Export,
    InstantColumn,
    LineFinder,
    ListPage,
    MobileColumn,
    MoneyColumn,
    PortalFilterSet,
    PortalTable,
    SaidColumn,
)

LOW = Decimal(5)  # below it a prepaid line soon stops
NOTHING = Decimal("0.00")
THIS, LAST = "corrente", "precedente"


@dataclass(frozen=True, slots=True)
class Overview:
    """The credit of the contract, and what was put on its lines."""

    credit: Decimal
    lines: int
    low: int
    this_month: Decimal
    last_month: Decimal


def wallets(access):
    """Company credits of prepaid lines in use. `company()` again: a referent may hold an own line too."""
    rows = Wallet.objects.for_access(access).company().filter(line__billing_type=BillingType.PREPAID)
    return rows.exclude(line__state=LineState.CEASED)


def movements(access):
    """Company top-ups of this month and the one before."""
    since = clock.day_start(months_back(1))
    return Movement.objects.for_access(access).company().top_ups().filter(at__gte=since)


def overview(access) -> Overview:
    facts = wallets(access).aggregate(
        credit=Round(Sum("balance", default=NOTHING), 2),
        lines=Count("pk"),
        low=Count("pk", filter=Q(balance__lt=LOW)),
    )
    begun = clock.day_start(months_back(0))
    put = movements(access).aggregate(
        this=Round(Sum("amount", filter=Q(at__gte=begun), default=NOTHING), 2),
        last=Round(Sum("amount", filter=Q(at__lt=begun), default=NOTHING), 2),
    )
    return Overview(facts["credit"], facts["lines"], facts["low"], put["this"], put["last"])


def of_line(access, line: int) -> Overview | None:
    """The same of one line."""
    wallet = wallets(access).filter(line=line).first()
    if wallet is None:
        return None
    begun = clock.day_start(months_back(0))
    put = (
        movements(access)
        .filter(line=line)
        .aggregate(
            this=Round(Sum("amount", filter=Q(at__gte=begun), default=NOTHING), 2),
            last=Round(Sum("amount", filter=Q(at__lt=begun), default=NOTHING), 2),
        )
    )
    return Overview(wallet.balance, 1, int(wallet.balance < LOW), put["this"], put["last"])


# --- Lists ----------------------------------------------------------------------------------------------------
def tabs(here: str) -> dict:
    pages = (("ebill-credit", _("Credito residuo")), ("ebill-top-ups", _("Ricariche aziendali")))
    return {
        "tabs": [(label, reverse(f"billing:{name}"), name == here) for name, label in pages],
        "tabs_label": _t("Ricariche aziendali e credito residuo"),
    }


class CreditTable(PortalTable):
    number = MobileColumn(
        _("Linea"),
        accessor="line__number",
        fixed=True,
        linkify=lambda record: reverse("billing:ebill-prepaid-line", args=[record.line_id]),
    )
    holder = Column(_("Assegnatario"), accessor="line__holder_last_name", orderable=False)
    plan = Column(_("Profilo tariffario"), accessor="line__plan__name", orderable=False)
    last_top_up = DateColumn(_("Ultima ricarica"), orderable=False)
    balance = MoneyColumn(_("Credito residuo €"), fixed=True)

    def render_holder(self, record):
        return record.line.holder_name

    def value_holder(self, record):
        return record.line.holder_name

    def render_last_top_up(self, value):
        return f"{clock.rome_date(value):%d/%m/%Y}"

    def value_last_top_up(self, record):
        return record.last_top_up and clock.rome_date(record.last_top_up)


class CreditFilters(PortalFilterSet):
    credito = django_filters.ChoiceFilter(
        label=_("Credito"), choices=(("basso", _("Sotto 5 €")), ("zero", _("Esaurito"))), method="by_credit"
    )

    def by_credit(self, queryset, name, value):
        return queryset.filter(balance__lt=LOW) if value == "basso" else queryset.filter(balance__lte=0)


class Credit(ListPage):
    function = "B2.1.3"
    table, filters = CreditTable, CreditFilters
    search = LineFinder(number="line__number", iccid="line__iccid")
    default_order = ("number",)
    totals, noun = _("Tot. linee"), _("linee")
    template_name = "billing/ebill/credit.html"
    empty = Empty(_("Su questo contratto non ci sono linee ricaricabili con credito aziendale."))
    export = Export("CreditoAziendale")

    @staticmethod
    def queryset(access):
        last = Movement.objects.filter(wallet=OuterRef("pk"), kind__in=TOP_UPS).order_by("-sequence")
        rows = wallets(access).select_related("line__plan")
        return rows.annotate(last_top_up=Subquery(last.values("at")[:1]))

    def get_context(self):
        return tabs("ebill-credit") | {"credit": overview(self.access)}


class TopUpTable(PortalTable):
    at = InstantColumn(_("Data e ora"), fixed=True)
    number = MobileColumn(_("Linea"), accessor="line__number", fixed=True)
    kind = Column(_("Tipo"), orderable=False)
    detail = SaidColumn(_("Dettaglio"), orderable=False)
    amount = MoneyColumn(_("Importo €"), fixed=True, orderable=False)


class TopUpFilters(PortalFilterSet):
    mese = django_filters.ChoiceFilter(
        label=_("Mese"), method="by_month", empty_label=_("Corrente e precedente")
    )
    tipo = django_filters.ChoiceFilter(label=_("Tipo"), field_name="kind")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["mese"].extra["choices"] = [
            (THIS, months.words(months_back(0))), (LAST, months.words(months_back(1))),
        ]  # fmt: skip
        self.filters["tipo"].extra["choices"] = [
            (kind, label) for kind, label in MovementKind.choices if kind in TOP_UPS and kind not in OWN_KINDS
        ]

    def by_month(self, queryset, name, value):
        begun = clock.day_start(months_back(0))
        return queryset.filter(at__gte=begun) if value == THIS else queryset.filter(at__lt=begun)


OWN_KINDS = (MovementKind.PERSONAL, MovementKind.OTHER_CHANNEL)  # of the personal basket


class TopUpMovements(ListPage):
    function = "B2.1.3"
    table, filters = TopUpTable, TopUpFilters
    search = LineFinder(number="line__number", iccid="line__iccid")
    default_order = ("-at",)
    totals, noun = _("Tot. ricariche"), _("ricariche")
    template_name = "billing/ebill/credit.html"
    empty = Empty(_("In questi due mesi non ci sono ricariche aziendali."))
    export = Export("RicaricheAziendali")

    @staticmethod
    def queryset(access):
        return movements(access).filter(basket=Basket.COMPANY).select_related("line")

    def get_context(self):
        return tabs("ebill-top-ups") | {"credit": overview(self.access)}
