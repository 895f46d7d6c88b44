"""What every page frame shows."""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from portal import clock
from portal.site import navigation


def frame(request) -> dict:
    access = getattr(request, "access", None)
    return {
        "brand": settings.BRAND,
        "access": access,
        "demo": settings.DEMO,
        "this_year": clock.today().year,
        "page_function": getattr(request, "function", None),
        "page_frame": "layout_public.html" if access is None else "layout.html",
        "main_menu": SimpleLazyObject(lambda: navigation.main_menu(access) if access else []),
        "user_menu": SimpleLazyObject(lambda: navigation.user_menu(access) if access else []),
        "languages": settings.LANGUAGES,
    }
