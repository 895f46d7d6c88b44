"""What happened to a request, its order, its parcels and its approval, newest first."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.operations.models import Order, ServiceRequest, Shipment, StateChange

About = StateChange.About
_CHOICES = {
    About.REQUEST: ServiceRequest._meta.get_field("state"),
    About.ORDER: Order._meta.get_field("state"),
    About.SHIPMENT: Shipment._meta.get_field("state"),
    About.APPROVAL: ServiceRequest._meta.get_field("approval"),
}


def events_of(found: ServiceRequest, *, with_words: bool, for_staff: bool = False) -> list[dict]:
    """The customer reads the own names and what was written for them; staff read everything.

    Without words: the moves alone, for whoever may know how a request ended but not why.
    """
    moves = [_move(change, found, for_staff) for change in found.history.select_related("actor")]
    if not with_words:
        moves = [move | {"text": ""} for move in moves]
    notes = found.notes.select_related("author") if with_words else found.notes.none()
    written = [_note(note, for_staff) for note in (notes if for_staff else notes.filter(visible=True))]
    return sorted(moves + written, key=lambda event: event["order"], reverse=True)


def _move(change: StateChange, found: ServiceRequest, for_staff: bool) -> dict:
    about = About(change.about)
    label = dict(_CHOICES[about].flatchoices).get(change.to_state, change.to_state)
    return {
        "when": change.at,
        "order": (change.at, change.pk),
        "what": f"{about.label}: {label}",
        "who": _name(change, found, for_staff),
        "text": change.note,
    }


def _name(change: StateChange, found: ServiceRequest, for_staff: bool) -> str:
    """Staff act as the desk, not as persons; a second yes is always somebody's."""
    actor = change.actor
    if actor is None:
        return ""
    own = actor.pk == found.filed_by_id or change.about == About.APPROVAL
    return actor.get_full_name() if for_staff or own else ""


def _note(note, for_staff: bool) -> dict:
    seen = _("Nota del Servizio Clienti") if note.visible else _("Nota interna")
    return {
        "when": note.at,
        "order": (note.at, 0),
        "what": seen,
        "who": note.author.get_full_name() if for_staff else "",
        "text": note.text,
    }
