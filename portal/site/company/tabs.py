"""The tabs of «Dati aziendali» and of «Deleghe»."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from portal import functions
from portal.site import navigation


def company_tabs(current: str) -> list[tuple]:
    pages = [functions.get(function_id) for function_id in ("7.1.1", "7.1.2", "7.1.3")]
    return [(page.label, navigation.url_of(page), page.id == current) for page in pages]


def delegation_tabs(current: str) -> list[tuple]:
    pages = (("company:delegations", _("Deleghe")), ("company:approval-rules", _("Regole di approvazione")))
    return [(label, reverse(name), name == current) for name, label in pages]
