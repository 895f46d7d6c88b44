"""The bar one slides to the right end: a signed token that somebody was there, for one use (Q8).

The bar is a range input, so mouse, finger and keyboard move it; without scripts a box to tick gets the same token.
A page includes `accounts/attention.html` inside its form, passes `attention.state(request)` as `attention`, and
asks `attention.passed(request)` once when the form comes back. Also the slower path of codes asks for it.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core import signing

from portal import clock

FIELD, BY_HAND = "attention", "attention_by_hand"
LIFETIME = timedelta(minutes=10)
_SESSION = "attention"
_SALT = "portal.accounts.attention"


def issue(request) -> str:
    """A token for this session; the former one dies."""
    nonce = secrets.token_urlsafe(16)
    request.session[_SESSION] = nonce
    return signing.dumps({"nonce": nonce, "at": clock.now().timestamp()}, salt=_SALT)


def passed(request) -> bool:
    """Was the bar moved for this very request? The token is used up by asking."""
    valid = _is_valid(request)
    if valid:
        del request.session[_SESSION]
    return valid


def state(request) -> dict:
    """What the template shows: the token still good, or one just earned with the box."""
    if request.method != "POST":
        return {"token": ""}
    if _is_valid(request):
        return {"token": request.POST[FIELD]}
    return {"token": issue(request) if request.POST.get(BY_HAND) else ""}


def _is_valid(request) -> bool:
    try:
        content = signing.loads(request.POST.get(FIELD, ""), salt=_SALT)
    except signing.BadSignature:
        return False
    expected = request.session.get(_SESSION, "")
    age = clock.now().timestamp() - content["at"]
    return (
        bool(expected)
        and secrets.compare_digest(content["nonce"], expected)
        and (0 <= age <= LIFETIME.total_seconds())
    )
