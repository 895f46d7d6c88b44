"""What some tests need beside Python: PostgreSQL, Redis (a Chromium is the business of `tests/browser`).

Where it is missing the test is skipped and says so; in continuous integration (CI set, PORTAL_DATABASE_URL named)
nothing may be missing, and the same test fails instead.
"""

from __future__ import annotations

import os

import pytest
from django.conf import settings
from django.db import connection

MISSING = {
    "postgres": lambda: "" if connection.vendor == "postgresql" else "needs PostgreSQL (PORTAL_DATABASE_URL)",
    "redis": lambda: "" if settings.REDIS_URL else "needs Redis (PORTAL_REDIS_URL)",
}


def must_be_complete() -> bool:
    return bool(os.environ.get("CI")) and bool(os.environ.get("PORTAL_DATABASE_URL"))


def pytest_runtest_setup(item):
    for need, missing in MISSING.items():
        if item.get_closest_marker(need) and (reason := missing()):
            if must_be_complete():
                pytest.fail(f"{reason}: nothing may be missing here", pytrace=False)
            pytest.skip(reason)
