"""Positions of places: the short list that comes with the portal, and the whole of Italy from GeoNames.

GeoNames publishes one file a country («IT.zip», CC BY 4.0), tab separated: country, postal code, place, region and its
code, province and its sign, municipality and its code, latitude, longitude, accuracy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import fmean

from django.db import transaction

from portal.contracts.models import Municipality
from support.geography import key_of
from support.models import Place

BUILT_IN = Path(__file__).with_name("italy.csv")
BATCH = 2_000
COLUMNS = 12

Row = tuple[str, str, str, float, float]  # province, municipality, postal code, latitude, longitude


def ensure_places() -> int:
    """The short list, where nothing is known yet."""
    return 0 if Place.objects.exists() else _store(_built_in())


@transaction.atomic
def load_geonames(path: Path) -> int:
    """Everything the file knows replaces what was there. A file that is none changes nothing."""
    rows = list(_geonames(path))
    if not rows:
        raise ValueError(f"{path.name}: no Italian postal code in it")
    Place.objects.all().delete()
    return _store(rows)


def _built_in() -> Iterator[Row]:
    for line in BUILT_IN.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        province, name, codes, latitude, longitude = line.split(";")
        first, _dash, last = codes.partition("-")
        here = (float(latitude), float(longitude))
        yield (province, name, "", *here)
        for code in range(int(first), int(last or first) + 1):
            yield (province, name, f"{code:05d}", *here)


def _geonames(path: Path) -> Iterator[Row]:
    """One row a municipality and postal code, at the middle of its places; and one for the municipality."""
    known = {
        (province, key_of(name)): name
        for province, name in Municipality.objects.values_list("province__code", "name")
    }
    spots: dict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    names: dict[tuple[str, str], str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if len(cells) < COLUMNS - 1 or cells[0] != "IT":
            continue
        province, name = cells[6], cells[7] or cells[2]
        key = key_of(name)
        spots[province, key, cells[1]].append((float(cells[9]), float(cells[10])))
        names[province, key] = known.get((province, key), name)
    whole: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for (province, key, code), found in spots.items():
        middle = _middle(found)
        whole[province, key].append(middle)
        yield (province, names[province, key], code, *middle)
    for (province, key), found in whole.items():
        yield (province, names[province, key], "", *_middle(found))


def _middle(spots: Iterable[tuple[float, float]]) -> tuple[float, float]:
    latitudes, longitudes = zip(*spots, strict=True)
    return fmean(latitudes), fmean(longitudes)


def _store(rows: Iterable[Row]) -> int:
    made = (
        Place(
            province=province,
            municipality=name[:80],
            key=key_of(name),
            postal_code=code,
            latitude=latitude,
            longitude=longitude,
        )
        for province, name, code, latitude, longitude in rows
    )
    return len(Place.objects.bulk_create(made, BATCH, ignore_conflicts=True))
