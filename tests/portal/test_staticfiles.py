"""What a browser has to fetch, as production serves it: hashed, compressed, complete and light."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client

KILOBYTE = 1024
PRODUCTION_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"


@pytest.fixture
def collected(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": PRODUCTION_STORAGE}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def weight(root: Path, address: str) -> int:
    file = root / address.removeprefix("/static/").partition("#")[0]
    packed = Path(f"{file}.gz")
    return (packed if packed.exists() else file).stat().st_size


def test_every_file_the_pages_name_is_collected_and_the_first_load_is_light(collected, db):
    html = Client().get("/mobile8/").content.decode()
    named = {
        address for address in re.findall(r'(?:href|src)="(/static/[^"#]+)', html) if ".png" not in address
    }
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", address) for address in named), "names change with contents"
    fonts = [staticfiles_storage.url(f"bi/fonts/{name}") for name in _fonts()]
    total = len(html) + sum(weight(collected, address) for address in named | set(fonts))
    assert 100 * KILOBYTE < total < 300 * KILOBYTE


def test_what_no_page_uses_is_left_out(collected):
    names = {path.name for path in collected.rglob("*") if path.is_file()}
    assert not [
        name for name in names if name.endswith((".eot", ".ttf")) or "lora" in name or "bundle" in name
    ]
    assert sum(path.stat().st_size for path in collected.rglob("*") if path.is_file()) < 16 * KILOBYTE**2


def _fonts() -> list[str]:
    css = Path(finders.find("portal/fonts.css")).read_text()
    return re.findall(r"\.\./bi/fonts/([^\"]+)", css)
