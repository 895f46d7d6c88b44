"""The rows of «Riepilogo dei consumi»: what went beyond the bundle, who pays it, and what it is made of."""

from __future__ import annotations

from django.utils.translation import gettext as _

from billing.models import Kind, Payer, Zone
from billing.own.figures import Usage
from billing.own.words import quantity

TALK = (Kind.VOICE, Kind.MESSAGES)
HOME, ABROAD = (Zone.NATIONAL,), (Zone.EU, Zone.EXTRA_EU)


def talk(used: Usage, kind: Kind) -> dict:
    """A row of the table and, under its «+», the same by zone."""
    names = {Kind.VOICE: _("Traffico voce"), Kind.MESSAGES: _("Traffico SMS")}
    return {
        "label": names[kind],
        **_shared(used, kind, tuple(Zone)),
        "split": [{"label": zone.label, **_shared(used, kind, (zone,))} for zone in Zone],
    }


def data(used: Usage) -> list[dict]:
    """At home, abroad, and both."""
    home, abroad = (used.of((Kind.DATA,), zones=zones) for zones in (HOME, ABROAD))
    names = (_("Nazionale"), _("Roaming"), _("Totale"))
    return [
        {"label": label, "cost": one.cost, "volume": quantity(Kind.DATA, one.volume)}
        for label, one in zip(names, (home, abroad, home + abroad), strict=True)
    ]


def _shared(used: Usage, kind: Kind, zones: tuple[Zone, ...]) -> dict:
    company, own = (used.of((kind,), zones=zones, payers=(payer,)) for payer in Payer)
    both = company + own
    return {
        "company": company.cost,
        "personal": own.cost,
        "total": both.cost,
        "events": both.events,
        "volume": quantity(kind, both.volume),
    }
