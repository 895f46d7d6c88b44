"""TEM in the demo: the nightly search for days out of the ordinary was done, and two referents keep analyses."""

from __future__ import annotations

from billing.models import SavedAnalysis
from billing.tem import peaks, services
from portal.accounts.models import User
from portal.contracts.access import Access
from portal.contracts.models import Contract

# Who, name, parameters, sent every month.
KEPT = (
    ("maria.ferri", "Spesa del mese per tipo di traffico",
     {"misura": ["spesa"], "per": ["tipo"], "periodo": ["mese-scorso"]}, True),
    ("maria.ferri", "Dati fuori dall'Unione europea, giorno per giorno",
     {"misura": ["mb"], "per": ["giorno"], "periodo": ["30-giorni"], "zona": ["2"]}, False),
    ("elena.conti", "Centri di costo, ultimi tre mesi",
     {"misura": ["spesa"], "per": ["centro"], "parti": ["tipo"], "periodo": ["3-mesi"]}, True),
)  # fmt: skip


def make() -> None:
    for contract in Contract.objects.values_list("pk", flat=True):
        peaks.refresh(contract)
    for username, name, query, monthly in KEPT:
        access = Access.load(User.objects.get(username=username))
        if not SavedAnalysis.objects.for_access(access).filter(name=name).exists():
            services.save(access=access, name=name, query=query, monthly=monthly)
