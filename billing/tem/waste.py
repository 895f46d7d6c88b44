"""What is paid and not used: lines, services, plans. Read from the sums of months and days, line by line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Round

from billing.models import Allowance, Kind, LineDay, LineMonth, Zone
from lines.models import Line, LineService, TariffPlan
from portal import clock

SERVICE_DAYS = 90
OVERSIZED_PERCENT, OVERSIZED_MONTHS = 10, 3
_MONEY = DecimalField(max_digits=12, decimal_places=2)
_ZERO = Value(Decimal(0), output_field=_MONEY)

# What a service is for, by the beginning of its code; one that is not here serves any traffic.
SERVES = (
    (("RIF", "REPER", "VOCE", "SEGR", "TRASF"), Q(voice_events__gt=0)),
    (("SMS", "MMS"), Q(message_events__gt=0)),
    (("ROAM", "ESTERO"), ~Q(zone=Zone.NATIONAL)),
    (("APN", "SIM-", "INTERNET", "DATI"), Q(data_events__gt=0)),
)
ANY_USE = Q(voice_events__gt=0) | Q(message_events__gt=0) | Q(data_events__gt=0) | Q(service_events__gt=0)


def line_of(record) -> Line:
    return record.line if isinstance(record, LineService) else record


def used_since(days: int, line: str = "pk", kind: Q = ANY_USE) -> Q:
    """Traffic of whoever pays: what an employee pays for is use too."""
    since = clock.today() - timedelta(days=days)
    whole = clock.add_months(
        clock.month_start(since - timedelta(days=1)), 1
    )  # the first month within these days
    day = LineDay.objects.filter(kind, line=OuterRef(line), day__gte=since)
    month = LineMonth.objects.filter(kind, line=OuterRef(line), month__gte=whole)
    return Q(Exists(day)) | Q(Exists(month))


# --- Lines --------------------------------------------------------------------------------------------------------
def unused(access, days: int) -> QuerySet[Line]:
    """Active for longer than these days, and not used in them; `waste` is the fee of plan and services."""
    since = clock.today() - timedelta(days=days)
    services = LineService.objects.filter(line=OuterRef("pk"), kind=LineService.Kind.SERVICE).active()
    share = F("fee") * F("organization_share") / 100
    fees = services.order_by().values("line").annotate(total=Sum(share, output_field=_MONEY)).values("total")
    last = LineMonth.objects.filter(ANY_USE, line=OuterRef("pk")).order_by("-month").values("month")[:1]
    lines = Line.objects.for_access(access).active().filter(activated_on__lte=since)
    return (
        lines.exclude(used_since(days))
        .select_related("plan")
        .annotate(
            last_used=Subquery(last), waste=_round(F("plan__monthly_fee") + Coalesce(Subquery(fees), _ZERO))
        )
    )


# --- Services -----------------------------------------------------------------------------------------------------
def unused_services(access) -> QuerySet[LineService]:
    """Paid, old enough, and on a line without the traffic they are for."""
    since = clock.today() - timedelta(days=SERVICE_DAYS)
    paid = LineService.objects.for_access(access).active().filter(
        kind=LineService.Kind.SERVICE, fee__gt=0, organization_share__gt=0, activated_on__lte=since
    )  # fmt: skip
    idle, known = Q(pk__in=()), Q(pk__in=())
    for beginnings, kind in SERVES:
        mine = Q(pk__in=())
        for text in beginnings:
            mine |= Q(code__istartswith=text)
        idle |= mine & ~used_since(SERVICE_DAYS, "line", kind)
        known |= mine
    idle |= ~known & ~used_since(SERVICE_DAYS, "line")
    return paid.filter(idle).select_related("line").annotate(
        waste=_round(F("fee") * F("organization_share") / 100)
    )  # fmt: skip


# --- Plans --------------------------------------------------------------------------------------------------------
def oversized(access) -> QuerySet[Line]:
    """On a plan with included traffic of which, month for month, hardly anything is used."""
    month = clock.month_start(clock.today())
    first = clock.add_months(month, -OVERSIZED_MONTHS)
    used = LineMonth.objects.filter(line=OuterRef("pk"), month__gte=first, month__lt=month)
    used = used.company().exclude(zone=Zone.EXTRA_EU).order_by().values("line")
    cheaper = TariffPlan.objects.filter(
        billing_type=OuterRef("billing_type"), monthly_fee__lt=OuterRef("plan__monthly_fee"),
        usage__in=(TariffPlan.Usage.PAY_PER_USE, TariffPlan.Usage.BUNDLE),
    ).order_by("monthly_fee", "pk")  # fmt: skip
    lines = Line.objects.for_access(access).active().filter(
        activated_on__lt=first, plan__usage=TariffPlan.Usage.BUNDLE, plan__in=_with_allowances()
    )  # fmt: skip
    lines = lines.annotate(
        voice=_percent(used, "voice_seconds", Kind.VOICE), data=_percent(used, "data_kb", Kind.DATA)
    )
    below = Q(voice__lt=OVERSIZED_PERCENT) & Q(data__lt=OVERSIZED_PERCENT)
    return (
        lines.filter(below, used_since(SERVICE_DAYS))  # those not used at all stand among the unused lines
        .select_related("plan")
        .annotate(
            cheaper=Subquery(cheaper.values("name")[:1], output_field=CharField()),
            waste=_round(F("plan__monthly_fee") - Subquery(cheaper.values("monthly_fee")[:1])),
        )
        .filter(waste__gt=0)
    )


def _with_allowances() -> QuerySet:
    home = Allowance.objects.filter(area=Allowance.Area.HOME, kind__in=(Kind.VOICE, Kind.DATA))
    return home.values("plan")


def _percent(used: QuerySet, column: str, kind: int):
    """The share of what the plan includes in these months that was used, in whole per cent, rounded down."""
    home = Allowance.objects.filter(plan=OuterRef("plan"), area=Allowance.Area.HOME, kind=kind)
    included = Subquery(home.values("plan").annotate(most=Min("quantity")).values("most"))
    total = Coalesce(Subquery(used.annotate(total=Sum(column)).values("total")), 0)
    whole = included * OVERSIZED_MONTHS
    return Case(When(Exists(home), then=total * 100 / whole), default=Value(0))


def _round(amount):
    return Round(amount, 2, output_field=_MONEY)
