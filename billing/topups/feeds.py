"""What the operator tells of credits: movements of each line, and the monthly top-up of prepaid lines."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import wallets
from billing.models import AutoTopUpMode, Basket, MonthlyTopUp, MovementKind, TopUp
from billing.topups import delivery, rules
from billing.wallets import Entry, KeyReused
from lines.feeds.base import InventoryFeed, changes_in
from portal import clock, identifiers
from portal.audit.actions import action
from portal.audit.services import record_many
from portal.contracts.feeds.columns import Column, Unreadable, amount, choice, choices, text
from portal.contracts.feeds.reading import Row
from portal.contracts.feeds.registry import Outcome, register
from portal.contracts.feeds.rows import Candidate

PLANNED = action("feeds.monthly_top_up.changed", gettext_lazy("Ricarica automatica mensile da flusso dati"))
OWN_KEY = "topup:"  # an id of ours: the operator tells what became of a top-up the portal sent
_SIGNED = re.compile(r"(-?)([0-9]{1,7}(?:[.,][0-9]{1,2})?)", re.ASCII)
_KINDS = {
    "Credito iniziale": MovementKind.OPENING,
    "Ricarica aziendale": MovementKind.ONE_OFF,
    "Ricarica automatica": MovementKind.MONTHLY,
    "Ricarica a tempo": MovementKind.TIMED,
    "Ricarica sotto soglia": MovementKind.LOW_BALANCE,
    "Ricarica da altri canali": MovementKind.OTHER_CHANNEL,
    "Traffico": MovementKind.TRAFFIC,
    "Canone": MovementKind.FEE,
    "Rettifica": MovementKind.CORRECTION,
}


def signed_amount(cell: str) -> Decimal:
    found = _SIGNED.fullmatch(cell)
    if not found or not Decimal(found[2].replace(",", ".")):
        raise Unreadable(gettext_lazy("scrivi un importo diverso da zero, come 12,50 o -0,80."))
    return Decimal(found[1] + found[2].replace(",", "."))


def instant(cell: str) -> datetime:
    """With its offset from UTC."""
    try:
        read = datetime.fromisoformat(cell)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None or read.year < 2000:
        raise Unreadable(gettext_lazy("scrivi l'istante con il fuso, come 2026-11-20T10:15:30Z."))
    return read


_LINE = (
    Column("contratto", identifiers.contract, needed=True),
    Column("numero", identifiers.mobile, needed=True),
)


@register
class CreditFeed(InventoryFeed):
    """Movements of company and personal credit that did not begin in the portal, each under its own id."""

    kind, label, order = "credit", gettext_lazy("Movimenti di credito"), 105
    columns = (
        Column("id", text(64), needed=True),
        *_LINE,
        Column("credito", choice({"Aziendale": Basket.COMPANY, "Personale": Basket.PERSONAL}), needed=True),
        Column("istante", instant, needed=True),
        Column("importo", signed_amount, needed=True),
        Column("tipo", choice(_KINDS), needed=True),
        Column("dettaglio", text(80)),
    )

    def load(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        found = self.lines_of(self.contracts.resolve(rows, outcome), outcome)
        found = [(row, line) for row, line in found if self._is_to_post(row, line, outcome)]
        # By time, so that a spending does not come before the top-up it was made from.
        found.sort(key=lambda pair: pair[0].values["istante"])
        posted = wallets.post_many([self._entry(row, line) for row, line in found])
        for (row, _line), one in zip(found, posted, strict=True):
            self._tell(row, one, outcome)
        return outcome

    def _is_to_post(self, row: Row, line, outcome: Outcome) -> bool:
        if row.values["istante"] > clock.now():
            outcome.reject(row, _("L'istante è nel futuro."))
            return False
        return not self._is_answer(row, line, outcome)

    def _entry(self, row: Row, line) -> Entry:
        values = row.values
        return Entry(
            line.pk,
            str(values["credito"]),
            values["importo"],
            str(values["tipo"]),
            f"feed:{values['id']}",
            at=values["istante"],
            detail=values.get("dettaglio", ""),
        )

    def _is_answer(self, row: Row, line, outcome: Outcome) -> bool:
        """A row about a top-up that was sent from here: it is credited now, if it was not yet."""
        if not row.values["id"].startswith(OWN_KEY):
            return False
        top_up = TopUp.objects.filter(key=row.values["id"], line=line, amount=row.values["importo"]).first()
        if top_up is None:
            outcome.reject(row, _("Il portale non ha chiesto questa ricarica."))
        elif delivery.settle([top_up.pk]):
            outcome.changed += 1
        else:
            outcome.unchanged += 1
        return True

    def _tell(self, row: Row, posted, outcome: Outcome) -> None:
        if isinstance(posted.refusal, KeyReused):
            outcome.reject(row, _("L'id è già stato usato per un altro movimento."))
        elif posted.refusal is not None:
            outcome.reject(row, _("Porterebbe il credito sotto zero."))
        elif posted.new:
            outcome.created += 1
        else:
            outcome.unchanged += 1


@register
class MonthlyFeed(InventoryFeed):
    """The mode and the amount of the automatic top-up of prepaid lines."""

    kind, label, order = "monthly-top-ups", gettext_lazy("Ricariche automatiche mensili"), 100
    model = MonthlyTopUp
    columns = (
        *_LINE,
        Column("modalita", choices(AutoTopUpMode), needed=True),
        Column("importo", amount, needed=True),
    )

    def resolve(self, rows, outcome):
        found = []
        for row, line in self.lines_of(self.contracts.resolve(rows, outcome), outcome):
            if not line.is_prepaid or not line.is_living:
                outcome.reject(row, _("Non è una linea ricaricabile attiva."))
            elif not row.values["importo"]:
                outcome.reject(row, _("L'importo deve essere sopra lo zero."))
            else:
                values = {"mode": str(row.values["modalita"]), "amount": row.values["importo"]}
                found.append(Candidate(row, {"line_id": line.pk, **values}))
        return found

    def identity(self, attrs):
        return attrs["line_id"]

    def existing(self, candidates):
        return MonthlyTopUp.objects.filter(line__in=[one.attrs["line_id"] for one in candidates])

    def hold(self, candidates):
        """Nothing the inventories show depends on it."""

    @contextmanager
    def around(self, merge):
        yield

    def before_saving(self, merge):
        for plan in merge.created:
            plan.next_month = rules.next_month()

    def after_saving(self, merge):
        named = {"mode": "modalita", "amount": "importo"}
        record_many(
            PLANNED,
            [
                {
                    "contract_number": self.contracts.number[plan.line.contract_id],
                    "obj": plan,
                    "line_number": plan.line.number,
                    "changes": changes_in(merge, plan, named) if plan in merge.changed else {},
                }
                for plan in (*merge.created, *merge.changed)
            ],
        )
