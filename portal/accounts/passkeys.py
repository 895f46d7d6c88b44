"""Passkeys belong to the host the portal is reached at."""

from __future__ import annotations

from django_otp_webauthn.helpers import WebAuthnHelper


def relying_party_id(request) -> str:
    return request.get_host().split(":")[0]


def possible(request) -> bool:
    """Browsers make passkeys for names, not for bare addresses."""
    host = relying_party_id(request)
    return not host.replace(".", "").isdigit() and not host.startswith("[")


class Passkeys(WebAuthnHelper):
    def get_allowed_origins(self):
        """The host was held against ALLOWED_HOSTS; the scheme is the one of the request."""
        return [f"{self.request.scheme}://{self.request.get_host()}"]
