"""The one door to kept analyses and to days out of the ordinary; what the waste radar finds among lines."""

from __future__ import annotations

from django.db.models import QuerySet

from billing.querysets import ContractScoped


class SavedQuerySet(QuerySet):
    def for_access(self, access):
        """One's own, on the chosen contract."""
        if access.contract is not None and access.is_referent:
            return self.filter(owner=access.user, contract=access.contract)
        return self.none()

    def monthly(self):
        return self.filter(monthly_since__isnull=False)


class PeakQuerySet(ContractScoped):
    pass
