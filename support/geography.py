"""Where a place is, how far two places are, and which points of assistance are near (7.7.8).

Nothing is asked of anybody outside: coordinates are stored. An installation that has a geocoder of its own names it
in `PORTAL_GEOCODER`: a class with `locate(street, postal_code, municipality, province)` → (latitude, longitude) or
None. Without one, an address is looked for among the points themselves, then its CAP, then its municipality.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Avg, Count, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from portal.contracts.models import Municipality
from support.models import Place, ServicePoint

EARTH_RADIUS = 6371.0088  # km, the mean one: right to half a percent everywhere
KM_A_DEGREE = 111.195
MOST_POINTS, RADIUS = 15, 10.0


class Unknown(Exception):
    """The place cannot be told, for a reason a person can read."""


@dataclass(frozen=True, slots=True)
class Spot:
    latitude: float
    longitude: float
    name: str
    by: str  # «indirizzo», «CAP» or «comune»


@dataclass(frozen=True, slots=True)
class Near:
    point: ServicePoint
    distance: float  # km


def key_of(name: str) -> str:
    """«Forlì» and «forli'» are one place."""
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode()
    return " ".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())[:80]


def distance_km(from_lat: float, from_lon: float, to_lat: float, to_lon: float) -> float:
    """Along the great circle (haversine)."""
    a, b = math.radians(from_lat), math.radians(to_lat)
    half_lat, half_lon = (b - a) / 2, math.radians(to_lon - from_lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(a) * math.cos(b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def nearest(spot: Spot, *, radius: float = RADIUS, most: int = MOST_POINTS) -> list[Near]:
    """Active points within the radius, nearest first. A box on the index first, the circle afterwards."""
    lat_side = radius / KM_A_DEGREE * 1.01
    lon_side = lat_side / max(math.cos(math.radians(spot.latitude)), 0.01)
    box = ServicePoint.objects.active().filter(
        latitude__range=(spot.latitude - lat_side, spot.latitude + lat_side),
        longitude__range=(spot.longitude - lon_side, spot.longitude + lon_side),
    )
    found = [Near(p, distance_km(spot.latitude, spot.longitude, p.latitude, p.longitude)) for p in box]
    inside = sorted(
        (one for one in found if one.distance <= radius), key=lambda one: (one.distance, one.point.pk)
    )
    return inside[:most]


def locate(*, province: str = "", municipality: str = "", street: str = "", postal_code: str = "") -> Spot:
    """The address if it is known, else its CAP, else the municipality (Q62). Raises `Unknown` with words."""
    province, key = province.upper(), key_of(municipality)
    if street and (spot := _by_street(street, postal_code, municipality, province)):
        return spot
    if postal_code and (spot := _by_postal_code(postal_code, key, province)):
        return spot
    if key and (spot := _by_municipality(municipality, key, province)):
        return spot
    raise Unknown(_why(postal_code, municipality, province))


def _by_street(street: str, postal_code: str, municipality: str, province: str) -> Spot | None:
    name = f"{street}, {postal_code} {municipality}".strip(" ,")
    if settings.GEOCODER:
        found = import_string(settings.GEOCODER)().locate(street, postal_code, municipality, province)
        if found:
            return Spot(*found, name, _("indirizzo"))
    rows = _in(ServicePoint.objects.active(), postal_code, municipality, province)
    same = [point for point in rows if key_of(street) == key_of(point.street)]
    return Spot(same[0].latitude, same[0].longitude, name, _("indirizzo")) if same else None


def _in(points: QuerySet, postal_code: str, municipality: str, province: str) -> QuerySet:
    wanted = {"postal_code": postal_code, "municipality__iexact": municipality, "province": province}
    return points.filter(**{name: value for name, value in wanted.items() if value})


def _by_postal_code(postal_code: str, key: str, province: str) -> Spot | None:
    rows = Place.objects.filter(postal_code=postal_code)
    own = rows.filter(key=key) if key else rows
    return _middle(own, postal_code, _("CAP")) or _middle(
        _in(ServicePoint.objects.active(), postal_code, "", province), postal_code, _("CAP")
    )


def _by_municipality(municipality: str, key: str, province: str) -> Spot | None:
    rows = Place.objects.filter(key=key, **({"province": province} if province else {}))
    provinces = set(rows.values_list("province", flat=True))
    if len(provinces) > 1:
        raise Unknown(_("Ci sono più comuni con questo nome: scegli anche la provincia."))
    whole = rows.filter(postal_code="").first()
    if whole is not None:
        return Spot(whole.latitude, whole.longitude, str(whole), _("comune"))
    points = _in(ServicePoint.objects.active(), "", municipality, province)
    return _middle(rows, municipality, _("comune")) or _middle(points, municipality, _("comune"))


def _middle(rows: QuerySet, name: str, by: str) -> Spot | None:
    found = rows.order_by().aggregate(lat=Avg("latitude"), lon=Avg("longitude"), n=Count("pk"))
    return Spot(found["lat"], found["lon"], name, by) if found["n"] else None


def _why(postal_code: str, municipality: str, province: str) -> str:
    named = {"name__iexact": municipality} | ({"province__code": province} if province else {})
    if municipality and Municipality.objects.filter(**named).exists():
        return _("Di questo comune non abbiamo ancora la posizione: prova con il CAP o con un comune vicino.")
    if postal_code and not municipality:
        return _("Non troviamo questo CAP: controllalo, o cerca per comune.")
    return _("Non troviamo questo luogo: controlla comune, provincia e CAP.")
