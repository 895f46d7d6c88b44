"""Old and new values of a line as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.models import AuditEntry
from portal.words import said, stored

NOTHING = "–"
# What lines speak of besides fields: a field gives its own name.
_NAMES = {
    "allowed": _("Abilitato"),
    "first_name": _("Nome"),
    "holder": _("Assegnatario"),
    "last_name": _("Cognome"),
    "lines": _("Linee"),
    "plan": _("Profilo tariffario"),
    "rows": _("Righe"),
    "rule": _("Regola"),
    "service": _("Servizio"),
    "tax_code": _("Codice fiscale"),
}
_WORDED = {"allowed", "functions"}  # their values are words of the portal, not names people gave


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    old: str
    new: str

    def __str__(self):
        return f"{self.name}: {self.old} → {self.new}"


def changes_of(entry: AuditEntry) -> list[Change]:
    """What changed, with the names the pages use."""
    return [_change(entry.object_type, name, values) for name, values in entry.changes.items()]


def text_of(entry: AuditEntry) -> str:
    """All changes in one cell of a table or an export."""
    return "; ".join(map(str, changes_of(entry)))


def object_of(entry: AuditEntry) -> str:
    """What the line is about. After a name stands in brackets what it is, as it was stored: «Elena Conti (ROA)»."""
    name, opened, kind = entry.object_name.rpartition(" (")
    return f"{name} ({said(kind[:-1])})" if opened and kind.endswith(")") else entry.object_name


def _change(object_type: str, name: str, values) -> Change:
    old, new = values if isinstance(values, list) and len(values) == 2 else (None, values)
    field = _field(object_type, name)
    label = str(getattr(field, "verbose_name", None) or _NAMES.get(name) or said(name.replace("_", " ")))
    return Change(label[:1].upper() + label[1:], _value(field, name, old), _value(field, name, new))


def _field(object_type: str, name: str):
    try:
        return apps.get_model(object_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _value(field, name: str, value) -> str:
    """Of a choice the register holds the code, or the words as they were stored."""
    for code, label in getattr(field, "flatchoices", None) or ():
        if value is not None and value in (code, stored(label)):
            return str(label)
    # A name nobody declared is itself a word of the portal, as «Roaming UE», and so is what it says.
    worded = name in _WORDED or (field is None and name not in _NAMES)
    return _words(value, said if worded else str)


def _words(value, speak=str) -> str:
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return _t("sì") if value else _t("no")
    if isinstance(value, list):
        return ", ".join(_words(one, speak) for one in value)
    return _day_or_text(speak(value))


def _day_or_text(text: str) -> str:
    """Instants were stored as ISO text, in UTC; people read the day, or the clock of Rome."""
    try:
        if len(text) == 10:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        return f"{clock.rome(datetime.fromisoformat(text)):%d/%m/%Y %H:%M}" if text[10:11] == "T" else text
    except ValueError:
        return text
