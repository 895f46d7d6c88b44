"""Orders to keep traffic beyond its time."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import LegalHold
from portal.audit import staff
from portal.audit.actions import action

_PLACED = action("billing.hold.placed", _("Conservazione del traffico disposta"))
_CHANGED = action("billing.hold.changed", _("Conservazione del traffico modificata"))


@transaction.atomic
def save_hold(*, hold: LegalHold, actor=None) -> dict[str, list]:
    require_own_line(hold)
    return staff.save(hold, created=_PLACED, changed=_CHANGED, actor=actor)


def require_own_line(hold: LegalHold) -> None:
    if hold.line is not None and hold.line.contract_id != hold.contract_id:
        raise ValidationError({"line": _("La linea non è di questo contratto.")})
