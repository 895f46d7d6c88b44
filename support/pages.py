"""What every page of help shows round its content: tabs, and the side menu of its part (7.7)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal import functions
from portal.functions import Section
from portal.site import navigation


@dataclass(frozen=True, slots=True)
class SideLink:
    label: object
    url: str
    now: bool


def support_section() -> Section:
    return next(section for section in functions.MAIN_MENU if section.id == "support")


def frame(request) -> dict:
    """Context of a page of «Assistenza»: the tabs of the three parts, the entries of the part it stands in."""
    here = request.function
    parts = [
        (part.label, part.entries) if isinstance(part, Section) else (_("Manuali"), (part,))
        for part in support_section().entries
    ]
    tabs, side = [], []
    for label, names in parts:
        links = _links(request.access, names, here.id)
        if not links:
            continue
        active = any(link.now for link in links)
        tabs.append((label, links[0].url, active))
        if active:
            side = links
    if not any(active for *_rest, active in tabs):
        return {}  # of another section: «Servizi avanzati»
    return {"tabs": tabs, "tabs_label": _("Assistenza"), "side": side if len(side) > 1 else []}


def _links(access, names, here: str) -> list[SideLink]:
    open_to = (functions.get(name) for name in names if access.may(name))
    built = ((function, navigation.url_of(function)) for function in open_to)
    return [SideLink(function.label, url, function.id == here) for function, url in built if url]
