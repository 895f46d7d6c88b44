"""«Geolocalizzazione Punti di Assistenza (PdA)» (7.7.8): the list first, a map beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.contracts.views import serves
from support import geography, pages
from support.forms import PointForm
from support.geography import KM_A_DEGREE, Near, Spot

PIXELS_A_KM = 15


@dataclass(frozen=True, slots=True)
class Pin:
    """A point on the sketch: kilometres east and south of the place, in its pixels."""

    number: int
    near: Near
    x: float
    y: float
    map_url: str


@require_safe
@serves("7.7.8")
def points(request: HttpRequest) -> HttpResponse:
    form = PointForm(request.GET if request.GET else None)
    context = {**pages.frame(request), "form": form, "pins": [], "spot": None, "refusal": ""}
    if form.is_bound and form.is_valid():
        try:
            spot = geography.locate(**form.cleaned_data)
        except geography.Unknown as unknown:
            context["refusal"] = str(unknown)
        else:
            context |= {"spot": spot, "pins": pins(spot, geography.nearest(spot))}
    return render(request, "support/points.html", context)


def pins(spot: Spot, found: list[Near]) -> list[Pin]:
    return [_pin(number, spot, near) for number, near in enumerate(found, 1)]


def _pin(number: int, spot: Spot, near: Near) -> Pin:
    east = (near.point.longitude - spot.longitude) * KM_A_DEGREE * math.cos(math.radians(spot.latitude))
    north = (near.point.latitude - spot.latitude) * KM_A_DEGREE
    url = settings.POINT_MAP.format(lat=f"{near.point.latitude:.5f}", lon=f"{near.point.longitude:.5f}")
    return Pin(number, near, round(east * PIXELS_A_KM, 1), round(-north * PIXELS_A_KM, 1), url)
