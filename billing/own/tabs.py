"""The tabs of «Riepilogo consumi personali»: four for subscriptions, three for prepaid lines."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

POSTPAID, PREPAID = "9.2.2.1a", "9.2.2.1b"
_TABS = {
    POSTPAID: (
        ("billing:usage-services", _("Servizi attivi")),
        ("billing:usage-summary", _("Riepilogo dei consumi")),
        ("billing:usage-detail", _("Dettaglio traffico")),
        ("billing:usage-types", _("Tipologia traffico")),
    ),
    PREPAID: (
        ("billing:prepaid-credit", _("Credito residuo e offerte attive")),
        ("billing:prepaid-detail", _("Dettaglio traffico")),
        ("billing:prepaid-types", _("Tipologia traffico")),
    ),
}


def tabs(function: str, current: str) -> list[tuple]:
    """[(label, address, is it this page), …]"""
    return [(label, reverse(name), name == current) for name, label in _TABS[function]]


def first_page(function: str) -> str:
    return _TABS[function][0][0]
