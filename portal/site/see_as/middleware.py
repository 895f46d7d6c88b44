"""While a look lasts, every page but the console is the other person's, and the database takes no change.

The promise «sola lettura» does not hang on each page behaving: what would write is stopped where it would be written.
"""

from __future__ import annotations

from contextlib import ExitStack

from django.core.exceptions import PermissionDenied
from django.db import connections
from django.shortcuts import redirect, render
from django.urls import reverse

from portal import clock
from portal.contracts.access import Access
from portal.contracts.middleware import SESSION_CONTRACT
from portal.contracts.routes import function_of
from portal.site.models import SeenAs

SESSION_LOOK = "see_as"
CONSOLE = "/console/"
READING = (
    "SELECT",
    "SAVEPOINT",
    "RELEASE SAVEPOINT",
    "ROLLBACK TO SAVEPOINT",
    "WITH",
    "EXPLAIN",
    "PRAGMA",
    "SET ",
)
# What belongs to the person alone: data of the account, of the own payments and of the own traffic.
OWN = ("6", "B-10", "B2.9", "9.1.2", "9.1.3", "9.2.1", "9.2.2")


class ReadOnly(PermissionDenied):
    """A page tried to change something during a look."""


class SeeAsMiddleware:
    """Stands after the one that knows the access."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.seen_by = None
        look = self._look(request)
        if look is None:
            return self.get_response(request)
        if look.ends_at <= clock.now():
            request.session.pop(SESSION_LOOK)
            return redirect("admin:index")
        self._become(request, look)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            return self._refuse(request)
        with ExitStack() as guarded:
            for connection in connections.all(initialized_only=True):
                guarded.enter_context(connection.execute_wrapper(_only_read))
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        own = request.seen_by and any(_within(function_of(view), function) for function in OWN)
        return self._refuse(request, own=True) if own else None

    def process_exception(self, request, exception):
        return self._refuse(request) if isinstance(exception, ReadOnly) else None

    def _look(self, request) -> SeenAs | None:
        pk = request.session.get(SESSION_LOOK)
        if pk is None or request.access is None or not request.user.is_staff:
            return None
        if request.path.startswith((CONSOLE, reverse("accounts:logout"))):
            return None
        return SeenAs.objects.select_related("user", "staff").filter(pk=pk, staff=request.user).first()

    def _become(self, request, look: SeenAs) -> None:
        request.seen_by, request.look = request.user, look
        look.user.otp_device = request.user.otp_device
        look.user.is_verified = lambda: True
        request.user = look.user
        request.access = Access.load(look.user, request.session.get(SESSION_CONTRACT))

    def _refuse(self, request, own: bool = False):
        return render(request, "site/read_only.html", {"own": own, "page_function": None}, status=403)


def _within(function_id: str, wanted: str) -> bool:
    return function_id == wanted or function_id.startswith(f"{wanted}.")


def _only_read(execute, sql, params, many, context):
    if not sql.lstrip().upper().startswith(READING) or "FOR UPDATE" in sql.upper():
        raise ReadOnly
    return execute(sql, params, many, context)
