"""Changing cost centres, and who bears what of which lines. Every change is in the register."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.ebill.splitting import WHOLE, Share, WrongShares
from billing.models import CostAssignment, CostCentre, CostShare, CostSplit
from lines.models import Line
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record, record_many
from portal.contracts.models import Contract
from portal.money import number

CREATED = action("billing.cost_centre.created", gettext_lazy("Centro di costo creato"))
CHANGED = action("billing.cost_centre.changed", gettext_lazy("Centro di costo modificato"))
REMOVED = action("billing.cost_centre.removed", gettext_lazy("Centro di costo eliminato"))
ASSIGNED = action("billing.cost_centre.assigned", gettext_lazy("Linea assegnata a un centro di costo"))

MOST_SHARES = 10
DEEPEST = 6
MONTHS_BACK, MONTHS_AHEAD = 24, 12
CHUNK = 500


class CentreRefused(ValueError):
    """The tree cannot be changed so. `field` says beside which question the words belong."""

    def __init__(self, field: str, words):
        super().__init__(words)
        self.field, self.words = field, words

    def __str__(self):
        return str(self.words)


# --- The tree -------------------------------------------------------------------------------------------------
@transaction.atomic
def save_centre(
    *,
    contract: Contract,
    code: str,
    name: str,
    parent: CostCentre | None = None,
    is_closed: bool = False,
    centre: CostCentre | None = None,
    actor=None,
) -> CostCentre:
    """A new centre, or an old one with another code, name or place."""
    Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)  # one tree, one hand at a time
    _check_place(contract, centre, parent)
    values = {"code": code, "name": name, "parent": parent, "is_closed": is_closed}
    is_new = centre is None
    centre = centre or CostCentre(contract=contract, code="", name="")
    changes = {
        _SAID.get(field, field): [_text(getattr(centre, field)), _text(value)]
        for field, value in values.items()
        if getattr(centre, field) != value
    }
    if changes or is_new:
        for field, value in values.items():
            setattr(centre, field, value)
        _write(centre)
        record(CREATED if is_new else CHANGED, contract=contract, obj=centre, changes=changes, actor=actor)
    return centre


_SAID = {"code": "centre_code"}  # the register takes a «code» for a secret


def _text(value) -> str | bool:
    return value if isinstance(value, bool) else str(value or "")


def _write(centre: CostCentre) -> None:
    taken = CostCentre.objects.filter(contract=centre.contract_id, code__iexact=centre.code).exclude(
        pk=centre.pk
    )
    if taken.exists():
        raise CentreRefused("code", _("C'è già un centro di costo con questo codice."))
    centre.save()


def _check_place(contract: Contract, centre: CostCentre | None, parent: CostCentre | None) -> None:
    if parent is None:
        return
    if parent.contract_id != contract.pk:
        raise CentreRefused("parent", _("Il centro di costo è di un altro contratto."))
    above = [parent, *ancestors(parent)]
    if centre is not None and centre.pk in {one.pk for one in above}:
        raise CentreRefused("parent", _("Un centro di costo non può far parte di sé stesso."))
    if len(above) + _height(centre) > DEEPEST:
        raise CentreRefused(
            "parent", _("L'albero può avere al massimo %(depth)d livelli.") % {"depth": DEEPEST}
        )


def ancestors(centre: CostCentre) -> list[CostCentre]:
    """From its parent up."""
    found = []
    while centre.parent_id is not None:
        centre = centre.parent
        found.append(centre)
    return found


def _height(centre: CostCentre | None) -> int:
    """How many levels it brings along, itself among them."""
    levels, below = 1, [centre.pk] if centre is not None else []
    while below := list(CostCentre.objects.filter(parent__in=below).values_list("pk", flat=True)):
        levels += 1
    return levels


@transaction.atomic
def remove_centre(*, centre: CostCentre, actor=None) -> None:
    """Only one that never bore anything and has nothing below it; any other is closed instead."""
    if centre.children.exists():
        raise CentreRefused("", _("Ha altri centri di costo sotto di sé: sposta o elimina prima quelli."))
    if centre.shares.filter(split__assignments__isnull=False).exists():
        raise CentreRefused("", _("Ha avuto delle linee: non si può eliminare, ma si può chiudere."))
    CostSplit.objects.filter(shares__centre=centre).delete()  # tried, and never used
    record(
        REMOVED,
        contract=centre.contract,
        obj=centre,
        changes={"centre_code": [centre.code, ""], "name": [centre.name, ""]},
        actor=actor,
    )
    centre.delete()


# --- Who bears what -------------------------------------------------------------------------------------------
def check_shares(shares: Sequence[Share]) -> None:
    """Raise `WrongShares` with words where they do not make a whole."""
    if not shares:
        raise WrongShares(_("Scegli almeno un centro di costo."))
    if len(shares) > MOST_SHARES:
        raise WrongShares(_("Al massimo %(count)d centri di costo.") % {"count": MOST_SHARES})
    if len({share.centre for share in shares}) < len(shares):
        raise WrongShares(_("Lo stesso centro di costo compare due volte."))
    if any((share.fixed is None) == (share.percent is None) for share in shares):
        raise WrongShares(_("Ogni centro di costo ha una percentuale oppure una quota fissa."))
    if any((share.fixed or share.percent) <= 0 for share in shares):
        raise WrongShares(_("Ogni quota deve essere maggiore di zero."))
    percent = sum((share.percent for share in shares if share.percent is not None), Decimal(0))
    if percent != WHOLE:
        raise WrongShares(
            _("Le percentuali devono fare 100: ora fanno %(sum)s.") % {"sum": number(percent, 2)}
        )


def split_of(*, contract_id: int, shares: Sequence[Share]) -> CostSplit:
    """The split with these shares: the one there is, or a new one."""
    check_shares(shares)
    known = CostCentre.objects.filter(contract=contract_id, pk__in=[share.centre for share in shares])
    if known.count() != len(shares):
        raise WrongShares(_("Un centro di costo non è di questo contratto."))
    fingerprint = _fingerprint(shares)
    found = CostSplit.objects.filter(contract=contract_id, fingerprint=fingerprint).first()
    return found or _new_split(contract_id, shares, fingerprint)


def _new_split(contract_id: int, shares: Sequence[Share], fingerprint: str) -> CostSplit:
    try:
        with transaction.atomic():
            made = CostSplit.objects.create(
                contract_id=contract_id, fingerprint=fingerprint, is_whole=len(shares) == 1
            )
            CostShare.objects.bulk_create(
                CostShare(
                    split=made,
                    position=place,
                    centre_id=share.centre,
                    fixed=share.fixed,
                    percent=share.percent,
                )
                for place, share in enumerate(shares, 1)
            )
            return made
    except IntegrityError:  # somebody else made the same one in this moment
        return CostSplit.objects.get(contract=contract_id, fingerprint=fingerprint)


def _fingerprint(shares: Sequence[Share]) -> str:
    parts = [f"{share.centre}:{_plain(share.fixed)}:{_plain(share.percent)}" for share in shares]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"


def first_month() -> date:
    return clock.add_months(clock.month_start(clock.today()), -MONTHS_BACK)


def last_month() -> date:
    return clock.add_months(clock.month_start(clock.today()), MONTHS_AHEAD)


@transaction.atomic
def assign(
    *, lines: Collection[int], split: CostSplit | None, on: date, contract: Contract, actor=None
) -> set[int]:
    """From this month on the lines are borne so; None: by nobody. What was said of later months is replaced.

    Gives the lines for which that changed something.
    """
    if on.day != 1:
        raise ValueError("an assignment holds from the first of a month")
    changed: set[int] = set()
    ids = sorted(lines)
    for start in range(0, len(ids), CHUNK):
        changed |= _assign_some(ids[start : start + CHUNK], split, on, contract, actor)
    return changed


def _assign_some(ids: list[int], split: CostSplit | None, on: date, contract: Contract, actor) -> set[int]:
    found = Line.objects.select_for_update(of=("self",)).filter(pk__in=ids, contract=contract).order_by("pk")
    numbers = dict(found.values_list("pk", "number"))
    before = {
        row.line_id: row
        for row in CostAssignment.objects.on(on).filter(line__in=numbers).select_related("split")
    }
    later = set(
        CostAssignment.objects.filter(line__in=numbers, starts_on__gt=on).values_list("line_id", flat=True)
    )
    wanted = split.pk if split else None
    same = {
        pk
        for pk in numbers
        if pk not in later and _held(before.get(pk)) == wanted and not _ends(before.get(pk))
    }
    changed = set(numbers) - same
    rows = CostAssignment.objects.filter(line__in=changed)
    rows.filter(starts_on__gte=on).delete()
    rows.on(on).update(ends_on=on)
    if split is not None:
        CostAssignment.objects.bulk_create(
            CostAssignment(contract=contract, line_id=pk, split=split, starts_on=on) for pk in sorted(changed)
        )
    words = describe([one for one in (split, *(row.split for row in before.values())) if one is not None])
    record_many(
        ASSIGNED,
        (
            {
                "actor": actor,
                "contract": contract,
                "line_number": numbers[pk],
                "changes": {
                    "cost_centre": [words.get(_held(before.get(pk)), ""), words.get(wanted, "")],
                    "from_month": ["", on.isoformat()],
                },
            }
            for pk in sorted(changed)
        ),
    )
    return changed


def _held(row: CostAssignment | None) -> int | None:
    return row.split_id if row is not None else None


def _ends(row: CostAssignment | None) -> bool:
    return row is not None and row.ends_on is not None


def describe(splits: Collection[CostSplit | int]) -> dict[int, str]:
    """Split → «A10 60% + B20 40%», whichever it is."""
    keys = {getattr(one, "pk", one) for one in splits}
    shares = CostShare.objects.filter(split__in=keys).order_by("split", "position")
    found: dict[int, list] = {}
    for key, *share in shares.values_list("split", "centre__code", "fixed", "percent"):
        found.setdefault(key, []).append(share)
    return {key: say(parts) for key, parts in found.items()}


def say(shares: Sequence[Sequence]) -> str:
    """(code, fixed, percent), one after the other."""
    return " + ".join(_words(*share) for share in shares)


def _words(code: str, fixed: Decimal | None, percent: Decimal | None) -> str:
    if fixed is not None:
        return f"{code} {number(fixed)} €"
    if percent is None or percent == WHOLE:
        return code
    return f"{code} {number(percent, 2).removesuffix(',00')}%"
