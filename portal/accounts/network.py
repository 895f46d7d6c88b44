"""Where a request comes from, when proxies stand in between."""

from __future__ import annotations

from django.conf import settings


def client_address(request) -> str:
    """The address the outermost of our own proxies saw; what a client writes itself is never believed."""
    proxies = settings.TRUSTED_PROXIES
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(seen) >= proxies:
        return seen[-proxies][:45]
    return request.META.get("REMOTE_ADDR", "")


def lower_username(request, credentials) -> str:
    """The name failed log-ins are counted under: «Mario» and «mario» are one account."""
    typed = (credentials or {}).get("username") or request.POST.get("username") or ""
    return typed.strip().lower()[:255]
