"""The chart of what one's own days cost says which of them were abroad."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Kind
from billing.own import drawings
from billing.own.figures import usage
from billing.own.periods import Days
from portal.contracts.access import Access
from tests.billing.ebill.samples import used as use

pytestmark = pytest.mark.django_db
KINDS = [(str(kind.label), (kind,)) for kind in Kind]


def test_days_paid_for_in_roaming_are_marked_and_others_are_not(world):
    line, month = world.line_postpaid, date(2026, 11, 1)
    use(line, month, day=2, voice_events=1, voice_net=5_000)
    use(line, month, day=4, zone=2, data_events=1, data_net=180_000)
    use(line, month, day=6, zone=1, data_events=1, data_kb=100)  # included in the bundle
    found = usage(Access.load(world.employee), Days(month, date(2026, 11, 10)))

    chart = drawings.costs(found, KINDS)

    assert list(chart.notes) == [3] and chart.labels[3] == "04/11"
    assert "Il segno ! indica" in chart.words and "18,50" in chart.words
    found.charged_abroad.clear()
    home = drawings.costs(found, KINDS)
    assert not home.notes and "roaming" not in home.words
    assert sum(home.series[0].values) == Decimal("0.50")
