"""What a person is told after asking for a code or typing one: the same words on every page that does it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.codes import Outcome, Refusal, Sent
from portal.accounts.devices import Answer, Method

_WORDS = {
    Outcome.EXPIRED: lambda: _("Il codice è scaduto: chiedine un altro con «Invia di nuovo»."),
    Outcome.VOID: lambda: _("Il codice non vale più: chiedine un altro con «Invia di nuovo»."),
    Outcome.TOO_MANY: lambda: _(
        "Hai sbagliato troppe volte questo codice: chiedine un altro con «Invia di nuovo»."
    ),
    Outcome.NUMBER_LOCKED: lambda: _(
        "Per sicurezza i codici per questo numero sono fermi per 24 ore: sono stati sbagliati troppe volte. "
        "Se non sei stato tu, chiama il Servizio Clienti."
    ),
}


def after_sending(sent: Sent) -> str:
    """Words for a code that was not sent; empty for one that was."""
    if sent.ok:
        return ""
    if sent.reason == Refusal.TOO_SOON:
        return ngettext(
            "Aspetta ancora %(seconds)s secondo prima di chiedere un altro codice.",
            "Aspetta ancora %(seconds)s secondi prima di chiedere un altro codice.",
            sent.wait_seconds,
        ) % {"seconds": sent.wait_seconds}
    if sent.reason == Refusal.UNKNOWN:
        return _("Non possiamo mandare SMS a questo numero. Chiama il Servizio Clienti.")
    if sent.reason == Refusal.PORTAL_LIMIT:
        return _("Adesso non possiamo mandare altri codici: riprova tra un'ora o chiama il Servizio Clienti.")
    return _("Hai chiesto troppi codici: riprova tra %(minutes)s minuti.") % {
        "minutes": -(-sent.wait_seconds // 60)
    }


def after_checking(answer: Answer, method: str, tries_left: int | None = None) -> str:
    """Words for a code that does not open the door."""
    if answer.outcome in _WORDS:
        return _WORDS[answer.outcome]()
    if answer.outcome is Outcome.SLOW_DOWN:
        return _slow_down(answer)
    if method == Method.TOTP:
        return _("Il codice non è corretto: scrivi quello che l'app mostra adesso.")
    if method == Method.RECOVERY:
        return _("Il codice non è corretto, o lo hai già usato.")
    if tries_left is None:
        return _("Il codice non è corretto.")
    return ngettext(
        "Il codice non è corretto. Hai ancora %(count)s tentativo.",
        "Il codice non è corretto. Hai ancora %(count)s tentativi.",
        tries_left,
    ) % {"count": tries_left}


def _slow_down(answer: Answer) -> str:
    if answer.wait_seconds:
        return _("Troppi tentativi: riprova tra %(seconds)s secondi.") % {"seconds": answer.wait_seconds}
    return _("In questo momento chiediamo un passaggio in più: sposta il cursore fino in fondo e riprova.")
