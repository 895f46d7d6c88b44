"""The first names of places. What staff change afterwards is theirs: a table that holds rows is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from portal.contracts.places.models import Municipality, Province, StreetType

SOURCE = Path(__file__).with_name("italy.txt")
STREET_TYPES = (
    "Borgo", "Calle", "Campo", "Circonvallazione", "Contrada", "Corso", "Corte", "Frazione", "Galleria", "Largo",
    "Località", "Lungarno", "Lungomare", "Lungotevere", "Parco", "Passaggio", "Piazza", "Piazzale", "Piazzetta",
    "Rampa", "Regione", "Rione", "Salita", "Scalinata", "Sestiere", "Strada", "Strada provinciale",
    "Strada statale", "Stradone", "Traversa", "Via", "Viale", "Vicolo", "Villaggio", "Zona industriale",
)  # fmt: skip


def read() -> Iterator[tuple[str, str, list[str]]]:
    """(code, name, municipalities) of each province."""
    for line in SOURCE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            head, _colon, names = line.partition(": ")
            code, _space, name = head.partition(" ")
            yield code, name, names.split(";")


def ensure_places() -> None:
    if not StreetType.objects.exists():
        StreetType.objects.bulk_create(StreetType(name=name) for name in STREET_TYPES)
    if Province.objects.exists():
        return
    places = list(read())
    Province.objects.bulk_create(Province(code=code, name=name) for code, name, _names in places)
    keys = dict(Province.objects.values_list("code", "pk"))
    Municipality.objects.bulk_create(
        (Municipality(province_id=keys[code], name=name) for code, _name, names in places for name in names),
        batch_size=2_000,
    )
