"""SMS through a provider's HTTP interface. The contract is in docs/outbox.md."""

from __future__ import annotations

import hashlib
import hmac

import requests
from django.conf import settings
from django.utils.translation import gettext

from portal import clock
from portal.outbox.gateways.base import PermanentFailure, TemporaryFailure, international

TIMEOUT = (5, 15)  # to connect, to answer
TOLERANCE = 300  # seconds a signed receipt stays good
ALREADY_TAKEN = 409
FOR_GOOD = frozenset({400, 404, 410, 413, 422})


class HttpSmsGateway:
    def send(self, message) -> list[str]:
        try:
            answer = requests.post(
                settings.SMS_HTTP["url"],
                json=_request(message),
                headers={
                    "Authorization": f"Bearer {settings.SMS_HTTP['token']}",
                    "Idempotency-Key": message.message_id,
                },
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as fault:
            raise TemporaryFailure(gettext("Il servizio SMS non risponde.")) from fault
        return _references(answer)


def _request(message) -> dict:
    return {
        "id": message.message_id,
        "from": message.sender,
        "to": f"+{international(message.recipient)}",
        "text": message.text,
        "expires_at": message.expires_at.isoformat() if message.expires_at else None,
    }


def _references(answer: requests.Response) -> list[str]:
    code = answer.status_code
    if code in FOR_GOOD:
        raise PermanentFailure(gettext("Il servizio SMS ha rifiutato il messaggio (%d).") % code)
    if not answer.ok and code != ALREADY_TAKEN:
        raise TemporaryFailure(gettext("Il servizio SMS ha rinviato il messaggio (%d).") % code)
    try:
        names = answer.json()["ids"]
    except (ValueError, KeyError, TypeError) as fault:
        raise TemporaryFailure(gettext("Il servizio SMS ha dato una risposta che non si capisce.")) from fault
    return [str(name) for name in names]


def signature(secret: str, timestamp: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def is_signed(header: str, body: bytes) -> bool:
    """Does the header `t=<seconds>,v1=<hex>` prove that the provider wrote this body just now?"""
    fields = dict(part.partition("=")[::2] for part in header.replace(" ", "").split(","))
    if not fields.get("t", "").isdecimal() or abs(clock.now().timestamp() - int(fields["t"])) > TOLERANCE:
        return False
    wanted = signature(settings.SMS_HTTP["receipt_secret"], int(fields["t"]), body)
    return hmac.compare_digest(wanted.encode(), fields.get("v1", "").encode())
