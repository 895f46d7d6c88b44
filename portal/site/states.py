"""One word, one colour and one icon for each state, everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Sign:
    word: object
    tone: str  # ok info warn bad off
    icon: str


_SHAPES = {
    "ok": "it-check-circle",
    "info": "it-clock",
    "warn": "it-warning-circle",
    "bad": "it-close-circle",
    "off": "it-minus-circle",
}


def _sign(word, tone: str, icon: str = "") -> Sign:
    return Sign(word, tone, icon or _SHAPES[tone])


_STATES: dict[str, Sign] = {
    # Lines and services (S-25)
    "active": _sign(_("ATTIVO"), "ok"),
    "frozen": _sign(_("CONGELATO"), "info", "it-lock"),
    "suspended": _sign(_("SOSPESO"), "warn"),
    "ceased": _sign(_("CESSATO"), "off"),
    # Requests and orders
    "open": _sign(_("Aperto"), "info", "it-folder"),
    "working": _sign(_("In lavorazione"), "info", "it-refresh"),
    "closed": _sign(_("Chiuso"), "ok"),
    "rejected": _sign(_("Scartato"), "bad"),
    "discarded": _sign(_("Scartato"), "bad"),
    "refused": _sign(_("Scartato"), "bad"),
    "waiting": _sign(_("Da lavorare"), "off", "it-clock"),
    "approved": _sign(_("Approvato"), "info", "it-folder"),
    "worked": _sign(_("Lavorato"), "ok"),
    "issued": _sign(_("Emesso"), "ok"),
    # Device tickets
    "repair": _sign(_("In riparazione"), "info", "it-tool"),
    "ready": _sign(_("Pronto per il ritiro"), "ok", "it-box"),
    # Parcels
    "preparing": _sign(_("In preparazione"), "info", "it-clock"),
    "shipped": _sign(_("Spedito"), "info"),
    "delivering": _sign(_("In consegna"), "info", "it-refresh"),
    "returned": _sign(_("Non consegnato"), "bad"),
    # Work in the background and messages
    "queued": _sign(_("In attesa"), "off", "it-clock"),
    "running": _sign(_("In elaborazione"), "info", "it-refresh"),
    "done": _sign(_("Completato"), "ok"),
    "completed": _sign(_("Completato"), "ok"),
    "failed": _sign(_("Fallito"), "bad"),
    "cancelled": _sign(_("Annullato"), "off"),
    "expired": _sign(_("Scaduto"), "off"),
    "sending": _sign(_("In invio"), "info", "it-refresh"),
    "sent": _sign(_("Inviato"), "ok", "it-mail"),
    "delivered": _sign(_("Consegnato"), "ok"),
    # Invoices
    "paid": _sign(_("Pagata"), "ok"),
    "unpaid": _sign(_("Da pagare"), "warn"),
    "overdue": _sign(_("Scaduta"), "bad"),
    # Yes and no
    "true": _sign(_("Sì"), "ok"),
    "false": _sign(_("No"), "off"),
    "new": _sign(_("NUOVO"), "info", "it-star-full"),
}


def state_of(state) -> Sign:
    """By stored value or by Italian word; an unknown state keeps its own word and stays grey."""
    value = getattr(state, "value", state)
    key = str(value).strip().lower()
    if key in _STATES:
        return _STATES[key]
    by_word = next((sign for sign in _STATES.values() if str(sign.word).lower() == key), None)
    return by_word or Sign(str(getattr(state, "label", state)), "off", _SHAPES["off"])


def erosion_tone(percent) -> str:
    """Green below 80, amber below 100, red from there on."""
    if percent < 80:
        return "ok"
    return "warn" if percent < 100 else "bad"


def all_states() -> dict[str, Sign]:
    return dict(_STATES)
