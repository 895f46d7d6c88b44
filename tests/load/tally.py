"""An operation whose effect can be counted: one row an item worked."""

from __future__ import annotations

from portal.operations import declare as declarations
from portal.operations.declare import Operation
from portal.operations.models import StateChange


class Tally(Operation):
    row, kind, title = "29", "tally", "Tally"
    one_at_a_time = False

    def fulfil(self, item):
        StateChange.objects.create(request=item.request, to_state="tally", note=str(item.pk))


declarations.OPERATIONS.pop("tally")  # known only to who declares it


def declare() -> None:
    declarations.OPERATIONS["tally"] = Tally
