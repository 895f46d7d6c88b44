"""What jobs and messages have in common: a row waits, is claimed under a lease, and is rung for until it is done."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from portal import clock

RING_AGAIN_AFTER = timedelta(seconds=60)


class ClaimQuerySet(models.QuerySet):
    """Rows with `state`, `lease`, `lease_until`, `attempts`, `rung_at` and a date before which they wait."""

    waiting: str = ""
    taken: str = ""
    due_field: str = ""

    def claimable(self):
        """Waiting and due, or taken under a lease that ran out."""
        now = clock.now()
        return self.filter(
            Q(state=self.waiting, **{f"{self.due_field}__lte": now})
            | Q(state=self.taken, lease_until__lt=now)
        )

    def claim(self, pk: int, *, lease: timedelta, **values):
        """Take one row by one conditional update; None when it is somebody else's, finished, or not due."""
        token = uuid.uuid4().hex
        found = self.claimable().filter(pk=pk)
        values |= {"state": self.taken, "lease": token, "lease_until": clock.now() + lease}
        if not found.update(attempts=F("attempts") + 1, **values):
            return None
        return self.filter(pk=pk, lease=token).first()

    def mine(self, row):
        """The row as long as the one who claimed it still holds it; empty afterwards."""
        return self.filter(pk=row.pk, state=self.taken, lease=row.lease)

    def ring_again(self, ring: Callable[[models.Model], None], limit: int) -> int:
        """Ring for what is due and has not been rung for lately: a lost bell, a dead worker, a second try."""
        now = clock.now()
        silent = (
            Q(rung_at__lte=now - RING_AGAIN_AFTER)
            | Q(state=self.waiting, rung_at__lt=F(self.due_field))
            | Q(state=self.taken, rung_at__lt=F("lease_until"))
        )
        rows = list(self.claimable().filter(silent).order_by(self.due_field, "pk")[:limit])
        self.model._default_manager.filter(pk__in=[row.pk for row in rows]).update(rung_at=now)
        for row in rows:
            ring(row)
        return len(rows)
