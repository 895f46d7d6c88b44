"""Half an hour without a click ends the session (Q9), and so do twelve hours of clicking.

What the page asks by itself is not a click.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout

from portal import clock
from portal.accounts import sessions

LAST_SEEN, OPENED = "last_seen", "opened"
POLL_HEADER = "HTTP_X_POLL"  # set by the portal's script on requests nobody clicked for


class IdleMiddleware:
    """Stands after the one that knows the user. Says on the log-in page that the session has ended."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        ended = self._is_idle(request)
        clicked = False
        if ended:
            logout(request)
        elif request.user.is_authenticated and POLL_HEADER not in request.META:
            request.session[LAST_SEEN] = clock.now().timestamp()
            clicked = True
        stale = ended or self._is_stale(request)
        response = self.get_response(request)
        if clicked:
            sessions.follow(request)
        return _say_so(request, response) if stale else response

    def _is_idle(self, request) -> bool:
        if not request.user.is_authenticated:
            return False
        now = clock.now().timestamp()
        seen, opened = request.session.get(LAST_SEEN, now), request.session.get(OPENED, now)
        longest = settings.SESSION_LONGEST.total_seconds()
        return now - seen >= settings.SESSION_COOKIE_AGE or now - opened >= longest

    def _is_stale(self, request) -> bool:
        """The browser shows the key of a session that is no more."""
        return settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.is_empty()


def _say_so(request, response):
    """Where the answer leads to the log-in page, let that page say why."""
    login = str(settings.LOGIN_URL)
    for header in ("Location", "HX-Redirect"):
        target = response.headers.get(header, "")
        if target.split("?")[0] == login:
            glue = "&" if "?" in target else "?"
            response.headers[header] = f"{target}{glue}{urlencode({'scaduta': 1})}"
    return response
