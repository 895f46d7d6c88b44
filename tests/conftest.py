"""Fixtures that every test may use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import translation

from billing import ledger_guard
from portal import clock
from portal.audit import guard
from tests import migrated
from tests import world as world_module
from tests.entering import entered
from tests.logwatch import log_watch

__all__ = ["log_watch"]

pytest_plugins = ("tests.acceptance", "tests.needs")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """With a copy of the migrated database there is nothing to migrate."""
    if migrated.is_here():
        connection.settings_dict["TEST"]["MIGRATE"] = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """On SQLite a transactional test ends with DELETE on every table, which register and ledger refuse."""
    with django_db_blocker.unblock():
        migrated.keep() if connection.settings_dict["TEST"].get("MIGRATE", True) else migrated.load()
        if connection.vendor == "sqlite":
            guard.remove(connection, "delete")
            ledger_guard.remove(connection, *ledger_guard.DELETING)


@pytest.fixture(autouse=True)
def in_italian():
    """A page asked for in English leaves its language behind: the next test starts in Italian again."""
    with translation.override("it"):
        yield


@pytest.fixture
def world(db):
    return world_module.make()


@pytest.fixture
def at():
    """`with at(2026, 11, 20, 9, 30): …` stops the clock of the portal at that UTC instant."""

    def stop(*parts: int):
        return clock.use(datetime(*parts, tzinfo=UTC))

    return stop


@pytest.fixture
def enter():
    """`enter(user)` is a browser in which that person has entered with password and second factor."""
    return entered


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """`with commit(): …` runs what was to happen on commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
