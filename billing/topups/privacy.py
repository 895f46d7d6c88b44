"""What is kept of a person's own credit, told on the privacy page and handed out with the own data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing.models import Movement
from portal.accounts import privacy
from portal.contracts.access import Access

privacy.tell(
    what=_("Movimenti del tuo credito personale"),
    seen_by=_("Solo tu. Il tuo ente vede soltanto il credito aziendale della linea."),
    kept=_("Per la durata della convenzione."),
)


def _movements(user) -> list[dict]:
    """Of the own line, since the person has it."""
    access = Access.load(user)
    rows = Movement.objects.own(access).since_held(access).personal().order_by("-at", "-pk")
    return [
        {
            "at": row.at.isoformat(),
            "kind": str(row.get_kind_display()),
            "detail": row.detail,
            "amount": str(row.amount),
            "balance": str(row.balance),
        }
        for row in rows.iterator()
    ]


privacy.export("movimenti_credito_personale", _movements)
