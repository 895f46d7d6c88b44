"""The one door to what a person may see of contracts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal import clock


class OrganizationQuerySet(models.QuerySet):
    def for_access(self, access):
        return self.filter(pk=access.contract.organization_id) if access.contract else self.none()


class ContractQuerySet(models.QuerySet):
    def for_access(self, access):
        """The contract chosen, and no other: every page speaks of one contract (S-04)."""
        return self.filter(pk=access.contract.pk) if access.contract else self.none()


def referent_now(prefix: str = "") -> Q:
    """The condition that a referent (or the one at the end of a path) is one today."""
    now = clock.now()
    still = Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": now})
    return still & Q(**{f"{prefix}valid_from__lte": now})


def delegation_now(prefix: str = "") -> Q:
    """The condition that a delegation (or the one at the end of a path) holds today."""
    today = clock.today()
    return Q(**{f"{prefix}ended_at": None, f"{prefix}starts_on__lte": today, f"{prefix}ends_on__gte": today})


class DelegationQuerySet(models.QuerySet):
    def current(self):
        return self.filter(delegation_now())

    def for_access(self, access):
        return self.filter(contract=access.contract) if access.contract else self.none()


class ReferentQuerySet(models.QuerySet):
    def current(self):
        return self.filter(referent_now())

    def for_access(self, access):
        return self.filter(contract=access.contract) if access.contract else self.none()
