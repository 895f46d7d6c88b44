"""The one door to traffic, sums and invoices."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Case, CharField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Round

from lines.models import Holding
from portal import clock

COMPANY_MONTHS = 12  # company invoices are listed for so long (7.4.1)
PERSONAL_INVOICES = 6  # so many (9.2.1.2)
NET = F("voice_net") + F("message_net") + F("data_net") + F("service_net")
EVENTS = F("voice_events") + F("message_events") + F("data_events") + F("service_events")
UNITS = 10_000  # of amounts in one euro


def held_since(access) -> date | None:
    """The day the own line came from somebody else; None where nobody had it before."""
    rows = Holding.objects.filter(line=access.own_line.id).values_list("ends_on", "tax_code")
    held = list(rows.order_by("starts_on", "pk"))
    holder = next((tax_code for ends_on, tax_code in held if ends_on is None), access.user.tax_code)
    return max((ends_on for ends_on, tax_code in held if ends_on and tax_code != holder), default=None)


class ContractScoped(QuerySet):
    """Rows of the chosen contract, for its referents."""

    def for_access(self, access):
        if access.contract is not None and access.is_referent:
            return self.filter(contract=access.contract)
        return self.none()


class OwnLine(QuerySet):
    """Rows of the own line. Nobody else's, whatever roles the person has."""

    def own(self, access):
        return self.filter(line=access.own_line.id) if access.own_line else self.none()


class EventQuerySet(OwnLine):
    """Single events are the business of who uses the line, and of no referent (Q92)."""

    def for_access(self, access):
        return self.own(access).since_held(access)

    def since_held(self, access):
        """Only what happened while this person had the line: a predecessor's calls are not theirs."""
        if access.own_line is None:
            return self.none()
        day = held_since(access)
        return self.filter(at__gte=clock.day_start(day)) if day else self

    def between(self, first: date, last: date):
        """Events of the business days from `first` to `last`, both included."""
        start, end = clock.day_bounds(first, last)
        return self.filter(at__gte=start, at__lt=end)

    def charged(self):
        return self.filter(net__gt=0)


class UsageMixin:
    def totals(self):
        """One row with the sum of every measure, zeros where there is nothing."""
        from billing.models.usage import MEASURES

        row = self.order_by().aggregate(**{f"{name}_": Sum(name) for name in MEASURES})
        return {name: row[f"{name}_"] or 0 for name in MEASURES}

    def by(self, *columns: str):
        """Rows of `columns` with the sums of every measure: `.by("zone")`, `.by("line__cost_centre", "payer")`."""
        from billing.models.usage import MEASURES

        sums = {f"sum_{name}": Sum(name) for name in MEASURES}
        return self.order_by().values(*columns).annotate(**sums).order_by(*columns)

    def with_net(self):
        """`net` and `events` over all kinds of traffic."""
        return self.annotate(net=NET, events=EVENTS)

    def company(self):
        return self.filter(payer=0)

    def personal(self):
        return self.filter(payer=1)

    def roaming(self):
        return self.exclude(zone=0)


class UsageQuerySet(UsageMixin, ContractScoped):
    pass


class LineUsageQuerySet(UsageMixin, ContractScoped, OwnLine):
    """Sums of lines: the contract's for its referents, without what employees pay themselves; `own` for the employee."""

    def for_access(self, access):
        return super().for_access(access).company()


class WalletQuerySet(QuerySet):
    """The organization's credits for its referents, both of the own line for the employee. Never another's own money."""

    def for_access(self, access):
        if access.contract is not None and access.is_referent:
            return self.filter(basket="company", line__contract=access.contract)
        return self.own(access)

    def own(self, access):
        return self.filter(line=access.own_line.id) if access.own_line else self.none()

    def company(self):
        return self.filter(basket="company")

    def personal(self):
        return self.filter(basket="personal")


class MovementQuerySet(EventQuerySet):
    """Movements of the organization's credits for its referents; those of the own line since the person has it."""

    def for_access(self, access):
        if access.contract is not None and access.is_referent:
            return self.filter(basket="company", contract=access.contract)
        return super().for_access(access)

    def company(self):
        return self.filter(basket="company")

    def personal(self):
        return self.filter(basket="personal")

    def top_ups(self):
        from billing.models.wallet import TOP_UPS

        return self.filter(kind__in=TOP_UPS)


class OfLinesOfContract(OwnLine):
    """What hangs on lines that are now of the chosen contract, for its referents; of the own line for the employee."""

    def for_access(self, access):
        if access.contract is not None and access.is_referent:
            return self.filter(line__contract=access.contract)
        return self.own(access)

    def active(self):
        return self.filter(state="active")


class TopUpQuerySet(ContractScoped, OwnLine):
    """Company top-ups of the contract they were charged to."""

    def for_access(self, access):
        if access.contract is not None and access.is_referent:
            return super().for_access(access)
        return self.own(access)

    def open(self):
        return self.filter(state__in=self.model.OPEN)

    def for_staff(self):
        return self.filter(state="staff")


class HoldQuerySet(QuerySet):
    def in_force(self, day: date):
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class InvoiceQuerySet(QuerySet):
    def for_access(self, access):
        """A referent's: the invoices of the contract. An employee's own ones are `own`."""
        if access.contract is not None and access.is_referent:
            return self.filter(contract=access.contract, kind="company")
        return self.none()

    def own(self, access):
        """Personal invoices of this person on the own line."""
        if access.own_line is None or not access.user.tax_code:
            return self.none()
        return self.filter(kind="personal", line=access.own_line.id, tax_code=access.user.tax_code)

    def recent(self):
        """Issued in the last 12 months."""
        return self.filter(issued_on__gte=clock.add_months(clock.today(), -COMPANY_MONTHS))

    def with_payment(self):
        """`payment_state`: paid, overdue or unpaid today."""
        return self.annotate(
            payment_state=Case(
                When(paid_on__isnull=False, then=Value("paid")),
                When(due_on__lt=clock.today(), then=Value("overdue")),
                default=Value("unpaid"),
                output_field=CharField(),
            )
        )

    def newest_first(self):
        return self.order_by("-issued_on", "-id")

    def before(self, invoice, count: int = 3):
        """The invoices a comparison is made with."""
        same = self.filter(contract=invoice.contract_id, kind=invoice.kind, line=invoice.line_id)
        return same.filter(issued_on__lt=invoice.issued_on).newest_first()[:count]


class InvoiceLineQuerySet(QuerySet):
    def for_access(self, access):
        from billing.models import Invoice

        return self.filter(invoice__in=Invoice.objects.for_access(access))

    def by(self, *columns: str):
        """`.by("service")`, `.by("number", "service")`: net, tax and both, in euro."""
        sums = {"sum_net": Sum("net"), "sum_vat": Sum("vat"), "sum_gross": Sum(F("net") + F("vat"))}
        # Rounded: SQLite adds up in binary.
        rounded = {name: Round(total, 2) for name, total in sums.items()}
        return self.order_by().values(*columns).annotate(**rounded).order_by(*columns)


def months_back(count: int, today: date | None = None) -> date:
    """The first day of the month `count` months ago: 1 is where «mese corrente e precedente» begin."""
    return clock.add_months(clock.month_start(today or clock.today()), -count)


def yesterday() -> date:
    return clock.today() - timedelta(days=1)
