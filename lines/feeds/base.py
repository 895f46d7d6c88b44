"""What the files of this app share."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import contextmanager
from datetime import date

from django.utils.translation import gettext as _

from lines import inventory
from lines.models import Line, LineState
from portal.contracts.feeds.columns import Column, choices, day
from portal.contracts.feeds.reading import Row
from portal.contracts.feeds.registry import Outcome
from portal.contracts.feeds.rows import Candidate, Contracts, Merge, ModelFeed

STATE = Column("stato", choices(LineState), needed=True)
DATES = (Column("attivazione", day, blank=None), Column("cessazione", day, blank=None))


def state_of(row: Row, outcome: Outcome) -> dict | None:
    """State and dates of a row, where they agree: what has ended has a day on which it did."""
    state = row.values["stato"]
    begun, ended = row.values.get("attivazione"), row.values.get("cessazione")
    if (state == LineState.CEASED) != (ended is not None):
        outcome.reject(row, _("Stato e data di cessazione non vanno d'accordo."))
        return None
    if begun and ended and ended < begun:
        outcome.reject(row, _("La cessazione viene prima dell'attivazione."))
        return None
    attrs = {"state": state, "ceased_on": ended}
    return attrs | ({"activated_on": begun} if "attivazione" in row.values else {})


class InventoryFeed(ModelFeed):
    """Loads inside `inventory.changing`, so that rows and totals are true after every batch."""

    def __init__(self, given):
        super().__init__(given)
        self.contracts = Contracts()

    def lines_in_question(self, candidates: list[Candidate]) -> Collection[int]:
        """Lines to be locked before the batch reads what is there."""
        return {one.attrs["line_id"] for one in candidates if one.attrs.get("line_id")}

    def touches(self, merge: Merge) -> dict[str, Collection[int]]:
        """The arguments of `changing`: only what the batch really changes."""
        return {"lines": {one.line_id for one in merge.written}}

    def hold(self, candidates):
        inventory.lock(self.lines_in_question(candidates))

    @contextmanager
    def around(self, merge: Merge):
        with inventory.changing(**self.touches(merge)) as self.touched:
            yield

    def lines_of(self, rows: list[tuple[Row, int]], outcome: Outcome) -> list[tuple[Row, Line]]:
        """The line each row speaks of: the living one of the number, or the last that ended, of that contract."""
        numbers = {row.values["numero"] for row, _contract in rows}
        known: dict[tuple[str, int], Line] = {}
        for line in Line.objects.filter(number__in=numbers).order_by():
            key = (line.number, line.contract_id)
            if key not in known or _newer(line) > _newer(known[key]):
                known[key] = line
        good = []
        for row, contract in rows:
            line = known.get((row.values["numero"], contract))
            if line is None:
                outcome.reject(row, _("Il numero non è una linea del contratto."))
            else:
                good.append((row, line))
        return good

    def named_by(self, rows):
        """Everything alive of the lines that the rejected rows name."""
        numbers = [row.values.get("numero") for row in rows]
        if not all(numbers):
            return None
        return self.model.objects.filter(line__number__in=numbers).order_by().values_list("pk", flat=True)

    def living(self):
        rows = self.model.objects.exclude(state=LineState.CEASED).order_by("pk")
        return rows.values_list("pk", flat=True).iterator()


def changes_in(merge: Merge, instance, labels: dict[str, str]) -> dict:
    """What changed on an object, under the names the register shows."""
    old = merge.before.get(instance.pk, {})
    return {label: [old[name], getattr(instance, name)] for name, label in labels.items() if name in old}


def _newer(line: Line) -> date:
    """Of several lines that had one number, the living one, or the one that ended last."""
    return line.ceased_on or date.max
