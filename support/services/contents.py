"""Manuals, terminals and points of assistance, as staff keep them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.audit import staff
from portal.audit.actions import action
from support.models import Manual, ServicePoint, TerminalModel

_ACTIONS = {
    Manual: (
        action("support.manual.created", _("Manuale inserito")),
        action("support.manual.changed", _("Manuale modificato")),
        action("support.manual.removed", _("Manuale eliminato")),
    ),
    ServicePoint: (
        action("support.point.created", _("Punto di assistenza inserito")),
        action("support.point.changed", _("Punto di assistenza modificato")),
        action("support.point.removed", _("Punto di assistenza eliminato")),
    ),
    TerminalModel: (
        action("support.terminal.created", _("Modello di terminale inserito")),
        action("support.terminal.changed", _("Modello di terminale modificato")),
        action("support.terminal.removed", _("Modello di terminale eliminato")),
    ),
}


def save(*, obj: models.Model, actor=None) -> dict[str, list]:
    created, changed, _removed = _ACTIONS[type(obj)]
    return staff.save(obj, created=created, changed=changed, actor=actor)


def remove(*, obj: models.Model, actor=None) -> None:
    staff.remove(obj, removed=_ACTIONS[type(obj)][2], actor=actor)
