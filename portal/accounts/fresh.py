"""«Who are you, once more?» before a sensitive step.

@serves("6")
@fresh_factor_required
def remove(request): …

class AddApp(Serves, FreshFactorRequired, View): …
"""

from __future__ import annotations

from functools import wraps
from urllib.parse import urlsplit

from django.contrib import messages
from django.shortcuts import redirect

from portal.accounts import answers, login_services, mfa_services
from portal.accounts.codes import Purpose
from portal.accounts.devices import Method, methods_of, send_code


def demand(request, next_url: str = ""):
    """Lead to the page that asks for a second factor again, and back to `next_url` afterwards."""
    bound_to = mfa_services.ask_again(request, next_url)
    if methods_of(request.user)[0] == Method.SMS:
        sent = send_code(request, request.user, purpose=Purpose.STEP_UP, bound_to=bound_to)
        if not sent.ok:
            messages.error(request, answers.after_sending(sent))
    return redirect("accounts:verify")


def fresh_factor_required(view):
    @wraps(view)
    def checked(request, *args, **kwargs):
        if mfa_services.is_fresh(request):
            return view(request, *args, **kwargs)
        return demand(request, request.get_full_path() if request.method == "GET" else _page_of(request))

    return checked


def _page_of(request) -> str:
    """A form was sent too late: back to the page it stood on."""
    return login_services.safe_next(urlsplit(request.headers.get("Referer", "")).path)


class FreshFactorRequired:
    """For class-based views; stands after `Serves`."""

    def dispatch(self, request, *args, **kwargs):
        return fresh_factor_required(super().dispatch)(request, *args, **kwargs)
