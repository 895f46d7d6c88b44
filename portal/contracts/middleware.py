"""Puts `request.access` on every request of a person who has fully entered (password and second factor)."""

from __future__ import annotations

from django.contrib.auth import logout

from portal.contracts.access import Access
from portal.contracts.directory import is_known

SESSION_CONTRACT = "contract"


class AccessMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.access = self._access(request)
        return self.get_response(request)

    def _access(self, request) -> Access | None:
        user = request.user
        if not (user.is_authenticated and user.is_verified()):
            return None
        access = Access.load(user, request.session.get(SESSION_CONTRACT))
        if access.roles or user.is_staff or is_known(user.mobile_number):
            return access
        logout(request)  # the number has left the agreement while the session was open (4/R3)
        return None
