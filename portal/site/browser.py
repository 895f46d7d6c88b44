"""What a browser may ask for and what it may keep, on every page alike.

Methods nobody uses here are refused before any view sees them. A page of somebody who has entered is not kept on
the computer it was read on, unless its view says otherwise.
"""

from __future__ import annotations

from django.http import HttpResponseNotAllowed

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
NOT_KEPT = "private, no-store"


class BrowserMiddleware:
    """Stands after the ones that know the person."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        entered = request.user.is_authenticated  # before: a goodbye makes them nobody, and is not kept either
        response = self.get_response(request)
        if entered or request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", NOT_KEPT)
        return response
