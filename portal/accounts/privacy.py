"""What the portal keeps of a person, for whom and how long. Each app tells its own part.

privacy.tell(what=…, seen_by=…, kept=…)            # a row of the table, from `AppConfig.ready`
privacy.export("traffico", function_of_the_user)   # a part of «scarica i tuoi dati»
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Kept:
    what: object
    seen_by: object
    kept: object  # until when, in words


_rows: list[Kept] = []
_parts: dict[str, Callable] = {}


def tell(*, what, seen_by, kept) -> None:
    row = Kept(what, seen_by, kept)
    if row not in _rows:
        _rows.append(row)


def rows() -> tuple[Kept, ...]:
    return tuple(_rows)


def export(name: str, function: Callable) -> None:
    """`function(user)` returns what may be written as JSON."""
    _parts[name] = function


def data_of(user) -> dict:
    return {"scaricato_il": clock.now().isoformat(), **{name: part(user) for name, part in _parts.items()}}


# --- Our own part -------------------------------------------------------------------------------------------
def _account(user) -> dict:
    names = ("username", "first_name", "last_name", "email", "tax_code", "mobile_number", "agreement")
    moments = ("registered_at", "terms_accepted_at", "last_login", "previous_login")
    return {
        **{name: getattr(user, name) for name in names},
        **{name: _when(getattr(user, name)) for name in moments},
        "organization": str(user.organization or ""),
        "organization_tax_code": user.organization.tax_code if user.organization else "",
    }


def _messages(user) -> list[dict]:
    fields = ("created_at", "channel", "recipient", "subject", "text", "state")
    found = user.messages.order_by("-created_at").values(*fields)
    return [{**message, "created_at": _when(message["created_at"])} for message in found]


def _audit(user) -> list[dict]:
    entries = AuditEntry.objects.filter(actor=user).order_by("-at")
    return [
        {
            "at": _when(e.at),
            "action": str(e.label),
            "object": e.object_name,
            "changes": e.changes,
            "note": e.note,
        }
        for e in entries.iterator()
    ]


def _when(instant):
    return instant.isoformat() if instant else None


export("account", _account)
export("messaggi", _messages)
export("registro_attivita", _audit)

tell(
    what=_("Nome, codice fiscale, e-mail, username"),
    seen_by=_("Tu e il Servizio Clienti. Il tuo ente vede nome e numero nella consistenza delle linee."),
    kept=_("Finché la registrazione è aperta, poi per gli obblighi di legge."),
)
tell(
    what=_("Password e codici di verifica"),
    seen_by=_("Nessuno: ne conserviamo solo un'impronta che non si può rileggere."),
    kept=_("La password finché la cambi; i codici temporanei 2 giorni."),
)
tell(
    what=_("SMS ed e-mail che il portale ti manda"),
    seen_by=_("Tu e il Servizio Clienti; i codici e i link personali nessuno."),
    kept=_("13 mesi, perché gli avvisi si possano rileggere per un anno."),
)
tell(
    what=_("Che cosa hai fatto nel portale (registro attività)"),
    seen_by=_("Tu, il Servizio Clienti e, per le operazioni sul contratto, il referente del tuo ente."),
    kept=_("Per la durata della convenzione: le righe non si possono cambiare né cancellare."),
)
