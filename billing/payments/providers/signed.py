"""Signatures of the form `t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>`, good for five minutes."""

from __future__ import annotations

import hashlib
import hmac

from portal import clock

TOLERANCE = 300


def signature(secret: str, timestamp: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def header(secret: str, body: bytes) -> str:
    now = int(clock.now().timestamp())
    return f"t={now},v1={signature(secret, now, body)}"


def is_signed(given: str, secret: str, body: bytes) -> bool:
    """During a change of the secret a sender may sign with both: any good one will do."""
    pairs = [part.strip().partition("=")[::2] for part in given.split(",")]
    at = next((value for name, value in pairs if name == "t"), "")
    if not secret or not (at.isascii() and at.isdecimal()) or len(at) > 12:
        return False
    if abs(clock.now().timestamp() - int(at)) > TOLERANCE:
        return False
    wanted = signature(secret, int(at), body).encode()
    return any(hmac.compare_digest(wanted, value.encode()) for name, value in pairs if name == "v1")
