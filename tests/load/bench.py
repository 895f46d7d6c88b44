"""`make bench`: measures the portal against its goals, prints a table and writes build/bench.json.

Every module `bench_….py` of this folder declares goals (see `goals.py`). Works in a database and a folder of its
own; goals that need PostgreSQL or Redis run where PORTAL_DATABASE_URL and PORTAL_REDIS_URL name them.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.load.goals import GOALS, Outcome, Scale, measure

RESULT = Path("build/bench.json")


def as_row(outcome: Outcome) -> dict:
    return {
        "goal": outcome.goal.id,
        "title": outcome.goal.title,
        "ratio": None if outcome.ratio is None else round(outcome.ratio, 3),
        "limit": round(outcome.limit, 3),
        "ok": outcome.ok,
        "memory_mb": None if outcome.memory_mb is None else round(outcome.memory_mb, 1),
        "reference": outcome.goal.reference,
        "note": "; ".join(filter(None, [*outcome.notes, outcome.note])),
    }


def table(rows: list[dict]) -> str:
    lines = [f"{'goal':<6} {'ratio':>8} {'limit':>8}  {'':<7} what"]
    for row in rows:
        ratio = "-" if row["ratio"] is None else f"{row['ratio']:.3f}"
        verdict = {True: "ok", False: "TOO MUCH", None: "missing"}[row["ok"]]
        lines.append(
            f"{row['goal']:<6} {ratio:>8} {row['limit']:>8.3f}  {verdict:<8} {row['title']} ({row['note']})"
        )
    return "\n".join(lines)


@contextmanager
def own_world():
    """Django with a test database, real password hashing and files in a folder that goes away."""
    folder = tempfile.mkdtemp(prefix="bench-")
    os.environ["PORTAL_VAR"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django  # the environment must be set first

    django.setup()
    from django.conf import settings
    from django.test.utils import (
        override_settings,
        setup_databases,
        setup_test_environment,
        teardown_databases,
        teardown_test_environment,
    )

    plain = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with override_settings(STORAGES=plain):
            yield
    finally:
        teardown_databases(databases, verbosity=0)
        teardown_test_environment()
        shutil.rmtree(folder, ignore_errors=True)


def declare() -> None:
    for module in sorted(Path(__file__).parent.glob("bench_*.py")):
        importlib.import_module(f"tests.load.{module.stem}")


def run(scale: Scale, only: set[str]) -> list[dict]:
    rows = []
    for one in GOALS.values():
        if only and one.id not in only:
            continue
        sys.stderr.write(f"{one.id} {one.title}…\n")
        rows.append(as_row(measure(one, scale)))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", choices=("full", "small"), default="full")
    parser.add_argument("--only", default="", help="goals, separated by commas")
    options = parser.parse_args()
    with own_world():
        declare()
        rows = run(Scale(options.scale), set(filter(None, options.only.split(","))))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(rows))
    return 1 if any(row["ok"] is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
