"""The drop directory: what is put there is taken, by name, and moved aside.

A file is called after its kind: «traffic-20261120-0900.csv.gz», «invoices-2026-5.csv». It is taken when it has been
still for a while; names that begin with a dot or end in «.part» or «.tmp» are not finished. It ends in «presi» or,
where nobody knows what it is, in «scartati».
"""

from __future__ import annotations

from pathlib import Path

import structlog
from django.conf import settings
from django.core.files import File

from portal import clock
from portal.contracts.feeds import registry, services

STILL = 10  # seconds
TAKEN, UNKNOWN = "presi", "scartati"

log = structlog.get_logger(__name__)


def collect() -> int:
    """Receive every finished file; loading is a job of its own. Returns how many were taken."""
    if not settings.FEED_DROP_DIR:
        return 0
    folder = Path(settings.FEED_DROP_DIR)
    if not folder.is_dir():
        log.warning("drop_directory_missing")
        return 0
    return sum(_take(path) for path in sorted(folder.iterdir()) if _is_finished(path))


def _is_finished(path: Path) -> bool:
    if not path.is_file() or path.name.startswith(".") or path.suffix in (".part", ".tmp"):
        return False
    return clock.now().timestamp() - path.stat().st_mtime >= STILL


def kind_of(name: str) -> str | None:
    """The longest kind the name begins with: «contract-services-….csv» is not of «contracts»."""
    kinds = [feed.kind for feed in registry.kinds() if name.startswith((f"{feed.kind}-", f"{feed.kind}."))]
    return max(kinds, key=len, default=None)


def _take(path: Path) -> bool:
    kind = kind_of(path.name)
    if kind is not None:
        with path.open("rb") as file:
            services.receive(kind=kind, upload=File(file, name=path.name))
    else:
        log.warning("drop_file_of_unknown_kind", name=path.name)
    aside = path.parent / (TAKEN if kind else UNKNOWN)
    aside.mkdir(exist_ok=True)
    path.rename(_free(aside / path.name))
    return kind is not None


def _free(path: Path) -> Path:
    """A name nobody has: a file sent twice is moved aside twice."""
    taken, free = 0, path
    while free.exists():
        taken += 1
        free = path.with_name(f"{taken}-{path.name}")
    return free
