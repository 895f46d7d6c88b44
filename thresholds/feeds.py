"""Thresholds as the operator's systems know them. Those on roaming data begin and end only here."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lines.feeds.base import DATES, STATE
from lines.feeds.service import LineThingFeed
from lines.models import LineState
from portal import clock, identifiers
from portal.audit.actions import action
from portal.contracts.feeds.columns import Column, Unreadable, choice
from portal.contracts.feeds.registry import register
from thresholds.models import NAMES, Family, Kind, Period, Threshold
from thresholds.models.threshold import HIGHEST
from thresholds.services.watch import look_at

FEED_CHANGED = action("feeds.threshold.changed", gettext_lazy("Soglia modificata da flusso dati"))
_BY_NAME = {name: key for key, name in NAMES.items()}
_TERMS = ("kind", "period", "value")  # a change of one of them begins a new edition


def whole_euros(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= len(str(HIGHEST))):
        raise Unreadable(gettext_lazy("scrivi un numero intero di euro, da 0 a 99999."))
    return int(cell)


@register
class ThresholdFeed(LineThingFeed):
    kind, label, order = "thresholds", gettext_lazy("Soglie"), 120
    model = Threshold
    changed = FEED_CHANGED
    columns = (
        Column("contratto", identifiers.contract, needed=True),
        Column("numero", identifiers.mobile, needed=True),
        Column("descrizione", choice({name: name for name in _BY_NAME}), needed=True),
        Column("periodo", choice({"Giornaliero": Period.DAY, "Mensile": Period.MONTH}), needed=True),
        Column("valore", whole_euros, needed=True),
        STATE,
        *DATES,
    )

    def resolve(self, rows, outcome):
        good = []
        for row in rows:
            family, kind = _BY_NAME[row.values["descrizione"]]
            if row.values["stato"] not in (LineState.ACTIVE, LineState.CEASED):
                outcome.reject(row, _("Una soglia è ATTIVO o CESSATO."))
            elif row.values["valore"] == 0 and kind != Kind.BLOCK:
                outcome.reject(row, _("Solo una soglia dispositiva può valere 0 €."))
            elif family == Family.ROAMING and row.values["periodo"] != Period.MONTH:
                outcome.reject(row, _("Le soglie sui dati roaming sono mensili."))
            else:
                good.append(row)
        found = super().resolve(good, outcome)
        return [one for one in found if self._fits(one, outcome)]

    @staticmethod
    def _fits(one, outcome) -> bool:
        if one.attrs["family"] == Family.SPEND and one.attrs.pop("is_prepaid"):
            outcome.reject(one.row, _("Le soglie di spesa sono solo per le linee in abbonamento."))
            return False
        one.attrs.pop("is_prepaid", None)
        if not one.attrs.get("activated_on"):
            one.attrs.pop("activated_on", None)
        return True

    def attrs_of(self, row, line):
        family, kind = _BY_NAME[row.values["descrizione"]]
        return {
            "family": str(family), "kind": str(kind), "name": row.values["descrizione"],
            "period": str(row.values["periodo"]), "value": row.values["valore"], "is_prepaid": line.is_prepaid,
        }  # fmt: skip

    def identity(self, attrs):
        return attrs["line_id"], attrs["family"]

    def existing(self, candidates):
        return Threshold.objects.filter(line__in=[one.attrs["line_id"] for one in candidates]).order_by()

    def touches(self, merge):
        return {}  # no total of the inventory counts thresholds

    def before_saving(self, merge):
        today = clock.today()
        for made in merge.created:
            made.activated_on = made.activated_on or made.ceased_on or today
            made.edition_on = made.activated_on
        for one in merge.changed:
            before = merge.before[one.pk]
            if any(name in before for name in _TERMS):
                before |= {"edition": one.edition, "edition_on": one.edition_on}
                one.edition, one.edition_on = one.edition + 1, today

    def after_saving(self, merge):
        super().after_saving(merge)
        lines = sorted({one.line_id for one in merge.written})
        if lines:
            transaction.on_commit(lambda: look_at(lines))

    def close(self, ids):
        today = clock.today()
        rows = Threshold.objects.filter(pk__in=ids, state=LineState.ACTIVE, activated_on__lte=today)
        return rows.update(state=LineState.CEASED, ceased_on=today)
