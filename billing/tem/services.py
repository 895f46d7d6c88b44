"""Every change of kept analyses."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import SavedAnalysis
from portal import clock
from portal.audit import services as audit
from portal.audit.actions import action

SAVED = action("billing.analysis.save", _("Analisi TEM salvata"))
CHANGED = action("billing.analysis.change", _("Analisi TEM modificata"))
DELETED = action("billing.analysis.delete", _("Analisi TEM eliminata"))
SENT = action("billing.analysis.send", _("Analisi TEM inviata per e-mail"))
MOST = 100  # of one person on one contract


class TooMany(Exception):
    """Somebody keeps as many as one may."""


@transaction.atomic
def save(*, access, name: str, query: dict[str, list[str]], monthly: bool) -> SavedAnalysis:
    if SavedAnalysis.objects.for_access(access).count() >= MOST:
        raise TooMany
    made = SavedAnalysis.objects.create(
        owner=access.user, contract=access.contract, name=name, query=query,
        monthly_since=clock.today() if monthly else None,
    )  # fmt: skip
    audit.record(SAVED, contract=access.contract, obj=made)
    return made


@transaction.atomic
def change(
    *, saved: SavedAnalysis, name: str, monthly: bool, query: dict[str, list[str]] | None = None
) -> SavedAnalysis:
    """Another name, other parameters, sent every month or not. One that is sent already keeps its first day."""
    since = (saved.monthly_since or clock.today()) if monthly else None
    values = {"name": name, "monthly_since": since, "query": saved.query if query is None else query}
    changes = audit.difference(saved, values)
    if changes:
        for field, value in values.items():
            setattr(saved, field, value)
        saved.changed_at = clock.now()
        saved.save()
        audit.record(CHANGED, contract=saved.contract, obj=saved, changes=changes)
    return saved


@transaction.atomic
def delete(*, saved: SavedAnalysis) -> None:
    audit.record(DELETED, contract=saved.contract, obj=saved)
    saved.delete()
