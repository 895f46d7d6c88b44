"""Static files for the demo: collected once, and again only when one of them has changed."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP = settings.VAR_DIR / "static.stamp"


def collect_if_changed() -> bool:
    mark = _fingerprint()
    if STAMP.exists() and STAMP.read_text() == mark and settings.STATIC_ROOT.is_dir():
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    STAMP.write_text(mark)
    return True


def _fingerprint() -> str:
    """Names, sizes and times tell a change; reading every font at each start would take longer than it saves."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    return digest.hexdigest()
