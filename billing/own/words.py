"""Quantities as people read them."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from billing.models import Kind
from portal import money

KB = 1024


def clock_time(seconds: int) -> str:
    """«01:02:03»"""
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def data(kilobytes: int) -> str:
    """«1,5 GB», «320,0 MB», «12 KB»: the unit in which it is a short figure."""
    if abs(kilobytes) >= KB * KB:
        return f"{money.number(Decimal(kilobytes) / (KB * KB), 2)} GB"
    if abs(kilobytes) >= KB:
        return f"{money.number(Decimal(kilobytes) / KB, 1)} MB"
    return f"{money.number(kilobytes, 0)} KB"


def quantity(kind: Kind, volume: int) -> str:
    if kind == Kind.VOICE:
        return _("%(minutes)s minuti") % {"minutes": money.number(Decimal(volume) / 60, 0)}
    if kind == Kind.DATA:
        return data(volume)
    unit = _("messaggi") if kind == Kind.MESSAGES else _("pezzi")
    return f"{money.number(volume, 0)} {unit}"
