"""Cards: which line each is on, which are in stock, which are out of use."""

from __future__ import annotations

from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lines import inventory
from lines.feeds.base import DATES, InventoryFeed, changes_in
from lines.models import Line, LineState, SimAssignment, SimCard
from portal import clock, identifiers
from portal.audit.actions import action
from portal.audit.services import record_many
from portal.contracts.feeds.columns import Column, choices
from portal.contracts.feeds.registry import register
from portal.contracts.feeds.rows import Candidate

CHANGED = action("feeds.sim.changed", gettext_lazy("Carta SIM modificata da flusso dati"))
_LABELS = {"line_id": "line", "role": "role", "state": "state", "contract_id": "contract"}


@register
class SimFeed(InventoryFeed):
    """A card named on a line takes the place of the main card that was there. Without a number it is in stock."""

    kind, label, order, closes = "sims", gettext_lazy("Carte SIM"), 55, True
    model = SimCard
    columns = (
        Column("contratto", identifiers.contract, needed=True),
        Column("iccid", identifiers.iccid, needed=True),
        Column("numero", identifiers.mobile),
        Column("ruolo", choices(SimCard.Role), blank=SimCard.Role.MAIN),
        Column("tipo", choices(SimCard.Kind), blank=SimCard.Kind.VOICE),
        Column("stato", choices(LineState)),
        *DATES,
    )

    def resolve(self, rows, outcome):
        known = self.contracts.resolve(rows, outcome)
        on_lines = [(row, contract) for row, contract in known if row.values.get("numero")]
        found = []
        for row, line in self.lines_of(on_lines, outcome):
            self._keep(row, self._on_line(row, line), outcome, found)
        for row, contract in known:
            if not row.values.get("numero"):
                self._keep(row, self._without_line(row, contract), outcome, found)
        self.lines = Line.objects.in_bulk([one.attrs["line_id"] for one in found if one.attrs["line_id"]])
        return sorted(found, key=lambda one: one.row.line)

    def _keep(self, row, attrs: dict, outcome, found: list[Candidate]) -> None:
        if attrs["line_id"] is None and attrs["state"] not in (LineState.FROZEN, LineState.CEASED):
            outcome.reject(row, _("Una carta senza linea è CONGELATO (a scorta) o CESSATO."))
        elif (attrs["state"] == LineState.CEASED) != (attrs["ceased_on"] is not None):
            outcome.reject(row, _("Stato e data di cessazione non vanno d'accordo."))
        else:
            found.append(Candidate(row, self._common(row) | attrs))

    @staticmethod
    def _on_line(row, line) -> dict:
        """The main card is in the state of its line; a card of an ended line ended with it."""
        role = row.values.get("ruolo", SimCard.Role.MAIN)
        follows = role == SimCard.Role.MAIN or not line.is_living
        return {
            "contract_id": line.contract_id,
            "line_id": line.pk,
            "role": role,
            "state": line.state if follows else row.values.get("stato") or line.state,
            "ceased_on": line.ceased_on if follows else row.values.get("cessazione"),
        }

    @staticmethod
    def _without_line(row, contract: int) -> dict:
        return {
            "contract_id": contract,
            "line_id": None,
            "role": row.values.get("ruolo", SimCard.Role.MAIN),
            "state": row.values.get("stato") or LineState.FROZEN,
            "ceased_on": row.values.get("cessazione"),
        }

    @staticmethod
    def _common(row) -> dict:
        attrs = {"iccid": row.values["iccid"]}
        if "tipo" in row.values:
            attrs["kind"] = row.values["tipo"]
        if "attivazione" in row.values:
            attrs["activated_on"] = row.values["attivazione"]
        return attrs

    def identity(self, attrs):
        return attrs["iccid"]

    def is_over(self, instance_or_attrs):
        """A card is one and the same from stock to scrap: there is no second life under the same code."""
        return False

    def lines_in_question(self, candidates):
        """The lines the cards go to, and those they come from."""
        codes = [one.attrs["iccid"] for one in candidates]
        left = SimCard.objects.filter(iccid__in=codes, line__isnull=False).order_by()
        return super().lines_in_question(candidates) | set(left.values_list("line", flat=True))

    def touches(self, merge):
        goes = {sim.line_id for sim in merge.written}
        comes = {old.get("line_id") for old in merge.before.values()}
        return {"lines": (goes | comes) - {None}}

    def existing(self, candidates):
        return SimCard.objects.filter(iccid__in=[one.attrs["iccid"] for one in candidates]).order_by()

    def before_saving(self, merge):
        """Whoever stands where another card is to be steps aside."""
        on = clock.today()
        moved = [sim.pk for sim in merge.changed if {"line_id", "role"} & set(merge.before[sim.pk])]
        SimCard.objects.filter(pk__in=moved).update(line=None)
        mains = {
            sim.line_id: sim.iccid
            for sim in (*merge.changed, *merge.created)
            if sim.line_id and sim.role == SimCard.Role.MAIN
        }
        displaced = [
            sim.pk
            for sim in SimCard.objects.filter(line__in=mains, role=SimCard.Role.MAIN).order_by()
            if mains[sim.line_id] != sim.iccid
        ]
        SimCard.objects.filter(pk__in=displaced).update(line=None, state=LineState.CEASED, ceased_on=on)
        SimAssignment.objects.filter(sim__in=[*moved, *displaced], ends_on=None).update(ends_on=on)

    def after_saving(self, merge):
        moved = [sim for sim in merge.changed if {"line_id", "role"} & set(merge.before[sim.pk])]
        self._write_ledger([sim for sim in (*merge.created, *moved) if sim.line_id])
        record_many(
            CHANGED,
            [
                {
                    "contract_number": self.contracts.number[sim.contract_id],
                    "obj": sim,
                    "line_number": self.lines[sim.line_id].number if sim.line_id else "",
                    "changes": changes_in(merge, sim, _LABELS),
                }
                for sim in merge.changed
            ],
        )

    def _write_ledger(self, sims: list[SimCard]) -> None:
        """From the activation where it is known, but never before what the ledger already tells."""
        told = _last_days(SimAssignment.objects.filter(sim__in=sims), "sim")
        kept = _last_days(
            SimAssignment.objects.filter(line__in=[s.line_id for s in sims], role="main"), "line"
        )
        entries = []
        for sim in sims:
            line = self.lines[sim.line_id]
            days = [sim.activated_on or line.activated_on or clock.today(), told.get(sim.pk)]
            if sim.role == SimCard.Role.MAIN:
                days.append(kept.get(line.pk))
            starts = max(day for day in days if day)
            ends = max(sim.ceased_on, starts) if sim.ceased_on else None
            entries.append(
                SimAssignment(
                    contract_id=sim.contract_id,
                    sim=sim,
                    line=line,
                    role=sim.role,
                    starts_on=starts,
                    ends_on=ends,
                )
            )
        SimAssignment.objects.bulk_create(entries, batch_size=1_000)

    def named_by(self, rows):
        codes = [row.values.get("iccid") for row in rows]
        if not all(codes):
            return None
        return SimCard.objects.filter(iccid__in=codes).order_by().values_list("pk", flat=True)

    def close(self, ids):
        """Cards that are gone: off their line, out of stock."""
        closed, on = 0, clock.today()
        for chunk in inventory.chunks(ids):
            sims = SimCard.objects.living().filter(pk__in=chunk)
            lines = sims.filter(line__isnull=False).values_list("line", flat=True)
            with inventory.changing(lines=set(lines)):
                SimAssignment.objects.filter(sim__in=chunk, ends_on=None).update(ends_on=on)
                closed += sims.update(line=None, state=LineState.CEASED, ceased_on=on)
        return closed


def _last_days(rows, key: str) -> dict[int, date]:
    return dict(rows.order_by().values_list(key).annotate(last=Max("ends_on")).values_list(key, "last"))
