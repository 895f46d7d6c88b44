"""The one door to what an employee pays apart: the person's own, whatever other roles there are."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from portal import clock

LIVING = ~Q(dual_billing__state="ceased")


class OfDualBilling(QuerySet):
    def own(self, access):
        """Of the TIM TUO that lives on the own line, or of a former one of the same person."""
        from lines.models import DualBilling

        return self.filter(dual_billing__in=DualBilling.objects.own(access).values("pk"))

    for_access = own  # a referent sees the service in the inventories, and nothing of this


class AccountQuerySet(OfDualBilling):
    def living(self):
        return self.filter(LIVING)


class ArrangementQuerySet(QuerySet):
    def for_access(self, access):
        from billing.models import PersonalAccount

        return self.filter(account__in=PersonalAccount.objects.for_access(access).values("pk"))

    def in_force(self):
        return self.filter(state="active")


class OptionQuerySet(OfDualBilling):
    """Options are the employer's to give, so its referents see them too."""

    def for_access(self, access):
        if access.contract is not None and access.is_referent:
            return self.filter(dual_billing__contract=access.contract)
        return self.own(access)

    def living(self):
        return self.filter(LIVING, ceased_on=None)


class PackageQuerySet(OfDualBilling):
    def living(self):
        """On now: not ended, not past its month, on a TIM TUO that lives."""
        still = Q(valid_until=None) | Q(valid_until__gt=clock.today())
        return self.filter(LIVING, still, ended_at=None)

    def due(self):
        """Monthly ones whose month is over."""
        return self.filter(LIVING, ended_at=None, renews_on__lte=clock.today())

    def past(self):
        """Those of a month that is gone, and those whose TIM TUO was ceased."""
        gone = Q(valid_until__lte=clock.today()) | Q(dual_billing__state="ceased")
        return self.filter(gone, ended_at=None)


class ProductQuerySet(QuerySet):
    def offered(self):
        return self.filter(is_offered=True)
