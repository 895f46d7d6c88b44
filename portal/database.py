"""What every connection to PostgreSQL needs so that no process ever waits for itself.

A queryset read with `iterator()` and left half way closes its cursor whenever the garbage collector meets it. Where that
happens in the middle of another command of the same thread, psycopg would wait for a lock which that very thread holds,
for ever: a worker that hangs without a word. A lock that its own thread may take again lets the close pass; psycopg then
looks at the state of the connection, and leaves a busy one alone.
"""

from __future__ import annotations

from threading import RLock

from django.db.backends.signals import connection_created


def never_wait_for_itself(sender, connection, **kwargs) -> None:
    if connection.vendor == "postgresql":
        connection.connection.lock = RLock()


def watch_connections() -> None:
    connection_created.connect(never_wait_for_itself, dispatch_uid="never-wait-for-itself")
