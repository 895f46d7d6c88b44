"""The migrated database of an earlier run, where the migrations are still the same: they cost more than most tests.

SQLite only. A copy lies in `build/` under the digest of every migration; what is done after migrating is done again.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection

KEPT = settings.BASE_DIR / "build" / "migrated"


def kept() -> Path:
    digest = hashlib.sha256(f"{django.get_version()} {sqlite3.sqlite_version}".encode())
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        for file in sorted(Path(config.path).glob("migrations/*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    return KEPT / f"{digest.hexdigest()[:32]}.sqlite3"


def is_here() -> bool:
    return _is_used() and kept().exists()


def _is_used() -> bool:
    """By one process at a time: several beside each other each migrate a database of their own."""
    return connection.vendor == "sqlite" and "PYTEST_XDIST_WORKER" not in os.environ


def keep() -> None:
    if not _is_used():
        return
    connection.ensure_connection()
    KEPT.mkdir(parents=True, exist_ok=True)
    half = KEPT / f"{os.getpid()}.part"
    with closing(sqlite3.connect(half)) as copy:
        connection.connection.backup(copy)
    half.replace(kept())
    for old in sorted(KEPT.glob("*.sqlite3"), key=lambda file: file.stat().st_mtime)[:-4]:
        old.unlink(missing_ok=True)


def load() -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(kept())) as copy:
        copy.backup(connection.connection)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
