"""The one door to thresholds, and how much of them is used."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import (
    BigIntegerField,
    Case,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least, NullIf

from billing.models import LineDay, LineMonth, Payer, Zone
from billing.querysets import NET, UNITS
from lines.querysets import ReferentScoped
from portal import clock
from thresholds import pace

LIMIT = Cast(F("value"), BigIntegerField()) * UNITS  # the value in 1/10,000 €
WHOLE = 10_000  # 100,00 % in hundredths of a per cent
NEVER = 1_000_000  # hours; sorts after every forecast


class ThresholdQuerySet(ReferentScoped):
    def own(self, access):
        """Those of the own line, for who uses it."""
        return self.living().filter(line=access.own_line.id) if access.own_line else self.none()

    def living(self):
        """At work: active, on a line that lives on the same contract."""
        return self.filter(state="active", line__contract=F("contract")).exclude(line__state="ceased")

    def spend(self):
        return self.filter(family="spend")

    def roaming(self):
        return self.filter(family="roaming")

    def with_erosion(self, today: date | None = None):
        """`used` (1/10,000 €) in the running period, `left` (the same unit) and `erosion` (hundredths of a per cent).

        All three are empty on a threshold that has ceased.
        """
        used = Greatest(F("used"), Value(0))
        return self.annotate(used=_used(today or clock.today())).annotate(
            left=Case(
                When(state="active", then=Greatest(LIMIT - used, Value(0))),
                output_field=BigIntegerField(),
            ),
            # 1/10,000 € by whole euros are hundredths of a per cent; what is left over is cut, never rounded up.
            erosion=Case(
                When(~Q(state="active"), then=None),
                When(value=0, then=Value(WHOLE)),
                default=Least(used / NullIf(F("value"), Value(0)), Value(WHOLE)),
                output_field=IntegerField(),
            ),
        )

    def with_forecast(self, contract_id: int | None, today: date | None = None):
        """`forecast`: hours from the beginning of the month until the value is reached; 0 is reached, `NEVER` is not.

        All thresholds of a contract know the same days of traffic, so one figure says how far the month is.
        """
        today = today or clock.today()
        known, whole = pace.hours_known(contract_id, today), pace.hours_of(today)
        at = LIMIT * known / NullIf(F("used"), Value(0))
        return self.with_erosion(today).annotate(
            forecast=Case(
                When(Q(state="active", erosion__gte=WHOLE), then=Value(0)),
                When(
                    Q(state="active", period="month", used__gt=0) & Q(Value(known >= pace.LEAST_HOURS)),
                    then=Case(
                        When(Q(used__gt=0) & Q(used__gte=_least(known, whole)), then=at),
                        default=Value(NEVER),
                        output_field=BigIntegerField(),
                    ),
                ),
                default=Value(NEVER),
                output_field=BigIntegerField(),
            )
        )


def _least(known: int, whole: int):
    """What must be used by now for the value to be reached within the month."""
    return LIMIT * known / whole


def _used(today: date):
    """Of the running period, by what each threshold counts."""
    month = clock.month_start(today)
    return Case(
        When(~Q(state="active"), then=None),
        When(family="spend", period="day", then=_sum(LineDay, NET, day=today)),
        When(family="spend", then=_sum(LineMonth, NET, month=month)),
        When(period="day", then=_sum(LineDay, F("data_net"), day=today, zone=Zone.EXTRA_EU)),
        default=_sum(LineMonth, F("data_net"), month=month, zone=Zone.EXTRA_EU),
        output_field=BigIntegerField(),
    )


def _sum(model, what, of: str = "line", **when):
    rows = model.objects.filter(line=OuterRef(of), contract=OuterRef("contract"), payer=Payer.COMPANY, **when)
    total = rows.order_by().values("line_id").annotate(total=Sum(what)).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), Value(0))


def already_past(
    lines, *, family: str, period: str | None, value: int | None, today: date | None = None
) -> int:
    """How many of these lines have used up, in the running period, a threshold of such a period and value.

    What is not given is that of the threshold each line has (`threshold_period`, `threshold_value`).
    """
    today = today or clock.today()
    what, zone = (NET, {}) if family == "spend" else (F("data_net"), {"zone": Zone.EXTRA_EU})
    by_day = _sum(LineDay, what, of="pk", day=today, **zone)
    by_month = _sum(LineMonth, what, of="pk", month=clock.month_start(today), **zone)
    if period:
        used = by_day if period == "day" else by_month
    else:
        used = Case(
            When(threshold_period="day", then=by_day), default=by_month, output_field=BigIntegerField()
        )
    limit = Value(value * UNITS) if value is not None else F("threshold_value") * UNITS
    return lines.annotate(so_far=used).filter(so_far__gt=0, so_far__gte=limit).count()


class FactQuerySet(ReferentScoped):
    """Crossings, releases, steps of bundles: of the contract, for its referents."""

    def between(self, after, until):
        """Recorded from `after` on (None: ever) and before `until`."""
        found = self.filter(at__lt=until)
        return found.filter(at__gte=after) if after else found

    def on(self, day: date):
        return self.between(*clock.day_bounds(day))

    def recent(self, days: int):
        return self.filter(at__gte=clock.day_start(clock.today() - timedelta(days=days)))
