"""The one door to exports: one's own, on the contract chosen."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, Value, When

from portal import clock


class ExportJobQuerySet(models.QuerySet):
    def for_access(self, access):
        """Own jobs only (7.2.4), of the contract chosen."""
        return self.filter(owner=access.user, contract=access.contract)

    def open(self):
        return self.filter(job__state__in=("queued", "running"), expires_at__gt=clock.now())

    def with_state(self):
        """`shown_state`, to sort by."""
        return self.annotate(
            shown_state=Case(
                When(expires_at__lte=clock.now(), then=Value("expired")),
                When(job__state__in=("queued", "running"), then=Value("running")),
                When(job__state="done", then=Value("completed")),
                When(job__state="cancelled", then=Value("cancelled")),
                default=Value("failed"),
                output_field=models.CharField(),
            )
        )

    def expired(self):
        return self.filter(expires_at__lte=clock.now())
