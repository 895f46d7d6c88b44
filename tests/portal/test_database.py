"""A cursor closed in the middle of another command must not make the thread wait for itself."""

from __future__ import annotations

import gc
import threading

import pytest
from django.db import connection, transaction

from portal.contracts.models import Contract


class Cycle:
    """Only the garbage collector ends it."""

    def __init__(self, rows):
        self.rows, self.me = rows, self


@pytest.mark.postgres
def test_a_forgotten_cursor_is_closed_while_the_connection_is_held(world):
    rows = Contract.objects.iterator(chunk_size=1)
    next(rows)
    Cycle(rows)
    del rows
    with connection.connection.lock:  # as a command of the same thread holds it
        gc.collect()
    assert Contract.objects.count() == 3


@pytest.mark.postgres
def test_a_cursor_whose_transaction_was_taken_back_spoils_no_other(world):
    with transaction.atomic():
        rows = Contract.objects.iterator(chunk_size=1)
        next(rows)
        transaction.set_rollback(True)
    rows.close()  # as the garbage collector does, long after
    assert Contract.objects.count() == 3


@pytest.mark.postgres
def test_a_cursor_left_half_way_is_closed_where_it_is_still_there(world):
    rows = Contract.objects.iterator(chunk_size=1)
    next(rows)
    rows.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '_django_curs%%'", [])
        assert cursor.fetchone() == (0,)


@pytest.mark.postgres
def test_other_threads_still_wait_their_turn(world):
    taken = []
    with connection.connection.lock:
        other = threading.Thread(target=lambda: taken.append(connection_lock.acquire(blocking=False)))
        connection_lock = connection.connection.lock
        other.start()
        other.join()
    assert taken == [False]
