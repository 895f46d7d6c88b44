"""What every connection to PostgreSQL needs so that no process ever waits for itself.

A queryset read with `iterator()` and left half way closes its cursor whenever the garbage collector meets it. Where that
happens in the middle of another command of the same thread, psycopg would wait for a lock which that very thread holds,
for ever: a worker that hangs without a word. A lock that its own thread may take again lets the close pass; psycopg then
looks at the state of the connection, and leaves a busy one alone.

Where the transaction of that cursor has been taken back meanwhile, the cursor is gone, and closing it would be an error
that spoils the transaction of today: before closing, it is looked for.
"""

from __future__ import annotations

from threading import RLock

from django.db.backends.signals import connection_created


def never_wait_for_itself(sender, connection, **kwargs) -> None:
    if connection.vendor == "postgresql":
        connection.connection.lock = RLock()
        _close_only_what_is_there()


def _close_only_what_is_there() -> None:
    from django.db.backends.postgresql.base import ServerSideCursor
    from psycopg import ServerCursor

    def close(self) -> None:
        self._described = False  # as a cursor that psycopg did not declare itself: it asks whether it exists
        ServerCursor.close(self)

    ServerSideCursor.close = close


def watch_connections() -> None:
    connection_created.connect(never_wait_for_itself, dispatch_uid="never-wait-for-itself")
