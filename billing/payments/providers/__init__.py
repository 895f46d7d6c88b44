"""Who takes the money: named by dotted path, so that another one is one class more."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from billing.payments.providers.base import (
    BadNotice,
    Checkout,
    MethodTold,
    Outcome,
    Provider,
    Report,
    Silent,
    Started,
)

__all__ = [
    "BadNotice",
    "Checkout",
    "MethodTold",
    "Outcome",
    "Provider",
    "Report",
    "Silent",
    "Started",
    "current",
    "named",
]


def current() -> Provider | None:
    """The one new payments go to; None where this portal takes none."""
    name = settings.PAYMENTS["provider"]
    return named(name) if name else None


def named(name: str) -> Provider | None:
    """A known one, also if it is not the current one any more: payments under way end where they began."""
    path = settings.PAYMENTS["providers"].get(name)
    return _made(name, path) if path else None


@cache
def _made(name: str, path: str) -> Provider:
    made = import_string(path)()
    made.name = name
    return made
