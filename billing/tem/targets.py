"""Operations to which lines chosen elsewhere are sent. Each flow decides again which of them it takes."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.operations.declare import FLOWS

# By name: thresholds stand a floor above this one.
_WANTED = (
    ("lines", "servizi-rete", _("Limita i servizi di rete")),
    ("thresholds", "attivazione", _("Attiva una soglia di spesa")),
    ("lines", "cessa-sim", _("Cessa le linee scelte")),  # or says whom to ask, where that is not done on line
)


@dataclass(frozen=True, slots=True)
class Target:
    label: object
    url: str


def for_access(access) -> list[Target]:
    """Those this person may begin on this contract."""
    found = []
    for app, name, label in _WANTED:
        flow = FLOWS.get(name)
        if flow is not None and access.may(flow.function):
            found.append(Target(label, reverse(f"{app}:{name}")))
    return found
