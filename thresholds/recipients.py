"""Who is told about the thresholds of a contract: whoever may read its notices (7.5.6), by a role or by a delegation."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.urls import reverse

from portal.contracts.holders import holders_of

NOTICES, MONITORING = "7.5.6", "7.5.5"


def contracts_of_people(contracts: Collection[int]) -> dict[int, set[int]]:
    """Person → those of these contracts they are told about today. Who is it twice is one person, and one notice."""
    return holders_of(NOTICES, contracts)


class Links:
    """Where the button of a notice leads: to the erosion, or to the notices for whom only those were entrusted to."""

    def __init__(self, contracts: Collection[int]):
        self.watchers = holders_of(MONITORING, contracts)

    def of(self, person: int, contracts: Collection[int]) -> dict:
        """`link`, and whether it `leads_to_erosion`."""
        watches = set(contracts) <= self.watchers.get(person, set())
        page = reverse("thresholds:monitor" if watches else "thresholds:history")
        return {"link": settings.PORTAL_URL.rstrip("/") + page, "leads_to_erosion": watches}
