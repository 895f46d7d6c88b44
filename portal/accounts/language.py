"""The language of the pages and of the messages: Italian until a person chooses another one.

The browser's own preference is not asked: the guide, the help and the colleagues speak of Italian labels, and an
office computer set to English would show other ones unasked.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.i18n import set_language

from portal.contracts.views import serves

CODES = {code for code, _name in settings.LANGUAGES}


def chosen(request) -> str:
    """What the switch of the pages left in the browser; empty before the first use."""
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return code if code in CODES else ""


class LanguageMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.LANGUAGE_CODE = chosen(request) or settings.LANGUAGE_CODE
        translation.activate(request.LANGUAGE_CODE)  # not for this call only: files are streamed after it
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


@serves("language")
def choose(request):
    """The switch: for this browser, and for the messages of the person who is logged in."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in CODES:
        remember(user=request.user, language=code)
    return set_language(request)


def remember(*, user, language: str) -> None:
    if user.language != language:
        get_user_model().objects.filter(pk=user.pk).update(language=language)
        user.language = language


@receiver(user_logged_in)
def note_language(sender, request, user, **kwargs):
    """Who chose on the public pages finds the choice kept."""
    code = chosen(request) if request is not None else ""
    if code:
        remember(user=user, language=code)
