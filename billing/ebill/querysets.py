"""The one door to cost centres and to who bears what of a line, when."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from billing.querysets import ContractScoped


class CentreQuerySet(ContractScoped):
    def open(self):
        return self.filter(is_closed=False)


class AssignmentQuerySet(ContractScoped):
    def on(self, day: date):
        """In force on this day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)

    def of_centre(self, *centres: int):
        return self.filter(split__shares__centre__in=centres).distinct()
