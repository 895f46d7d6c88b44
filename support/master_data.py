"""What the pages of help offer from the first day. Running it again adds only what is missing."""

from __future__ import annotations

from django.db import transaction

from support.models import Platform, TerminalModel
from support.models.platforms import PlatformCode

TERMINALS = {
    TerminalModel.System.ANDROID: (
        "Google Pixel 8a", "Google Pixel 9a", "Motorola Moto G85", "Motorola Moto G86", "OPPO A80",
        "Samsung Galaxy A16", "Samsung Galaxy A26", "Samsung Galaxy A36", "Samsung Galaxy A56",
        "Samsung Galaxy S24", "Samsung Galaxy S25", "Samsung Galaxy Tab A9+", "Samsung Galaxy XCover7",
        "Xiaomi Redmi 14C", "Xiaomi Redmi Note 14", "Altro modello Android",
    ),
    TerminalModel.System.IOS: (
        "iPad 10ª generazione", "iPad Air", "iPhone 13", "iPhone 14", "iPhone 15", "iPhone 16", "iPhone 16e",
        "iPhone SE 3ª generazione", "Altro modello iOS",
    ),
    TerminalModel.System.OTHER: (
        "Chiavetta dati", "Router o modem portatile", "Telefono con tastiera", "Altro terminale",
    ),
}  # fmt: skip


@transaction.atomic
def ensure_master_data() -> None:
    for code in PlatformCode.values:
        Platform.objects.get_or_create(code=code)
    if not TerminalModel.objects.exists():
        TerminalModel.objects.bulk_create(
            TerminalModel(system=system, name=name) for system, names in TERMINALS.items() for name in names
        )
