"""What a line may do on the network: beyond its bundle, in which directions, with which RIF profile."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lines.models import Line, NetworkBar, NetworkCategory, RifProfile
from portal.audit.actions import action
from portal.audit.services import record

OVER_USE_SET = action("lines.line.over_use_set", _("Abilitazioni over/extra bundle cambiate"))
CATEGORIES_SET = action("lines.line.categories_set", _("Servizi di rete cambiati"))
RIF_SET = action("lines.line.rif_set", _("Profilo RIF cambiato"))


class NotOpen(ValueError):
    """The line's plan does not allow it; `message` says what."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message

    def __str__(self):
        return str(self.message)


@transaction.atomic
def set_over_use(*, line: Line, wanted: Mapping[str, bool], actor=None) -> bool:
    """Give or take permissions that the plan leaves open. False when nothing was different."""
    line = _held(line)
    closed = set(wanted) - {str(over_use) for over_use in line.plan.over_uses}
    if closed:
        raise NotOpen(_("Il profilo tariffario della linea non prevede questa abilitazione."))
    changes = {name: [getattr(line, name), value] for name, value in wanted.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return False
    Line.objects.filter(pk=line.pk).update(**{name: new for name, (_old, new) in changes.items()})
    _record(OVER_USE_SET, line, changes, actor)
    return True


@transaction.atomic
def set_categories(*, line: Line, barred: Collection[str], among: Collection[str] = (), actor=None) -> bool:
    """Bar exactly these categories of those in `among` (all of them when it is empty)."""
    line = _held(line)
    rows = NetworkCategory.objects.filter(code__in=among) if among else NetworkCategory.objects.all()
    categories = {category.code: category for category in rows}
    before = set(line.network_bars.filter(category__in=rows).values_list("category__code", flat=True))
    after = set(barred) & set(categories)
    if before == after:
        return False
    line.network_bars.filter(category__code__in=before - after).delete()
    NetworkBar.objects.bulk_create(
        NetworkBar(line=line, category=categories[code]) for code in sorted(after - before)
    )
    words = {
        categories[code].name: [_on_off(code in before), _on_off(code in after)]
        for code in sorted(before ^ after)
    }
    _record(CATEGORIES_SET, line, words, actor)
    return True


@transaction.atomic
def set_rif_profile(*, line: Line, profile: RifProfile, actor=None) -> bool:
    line = _held(line)
    if line.rif_profile_id == profile.pk:
        return False
    old = line.rif_profile.name if line.rif_profile else ""
    Line.objects.filter(pk=line.pk).update(rif_profile=profile)
    _record(RIF_SET, line, {"rif_profile": [old, profile.name]}, actor)
    return True


def _held(line: Line) -> Line:
    rows = Line.objects.select_for_update(of=("self",)).select_related("contract", "plan", "rif_profile")
    return rows.get(pk=line.pk)


def _record(code: str, line: Line, changes: dict, actor) -> None:
    record(code, contract=line.contract, obj=line, line_number=line.number, changes=changes, actor=actor)


def _on_off(is_barred: bool):
    return _("Non consentito") if is_barred else _("Consentito")
