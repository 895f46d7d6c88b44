"""What only its owner and the one who charges may read is kept sealed: a copy of the database does not tell it.

    token = seal({"iban": "IT60X0542811101000000123456"})
    unseal(token)["iban"]

The key comes from the secret of the portal; after it was changed, the former one still opens (`SECRET_KEY_FALLBACKS`).
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"billing.sealing.v1"


class Unreadable(ValueError):
    """Not sealed by this portal, or with a key that is gone."""


def seal(values: dict) -> str:
    return _box().encrypt(json.dumps(values, sort_keys=True).encode()).decode()


def unseal(token: str) -> dict:
    if not token:
        return {}
    try:
        return json.loads(_box().decrypt(token.encode()))
    except (InvalidToken, ValueError) as broken:
        raise Unreadable from broken


def what_can_be_read(token: str) -> dict:
    """For pages: where the key is gone, nothing is shown, and nothing breaks."""
    try:
        return unseal(token)
    except Unreadable:
        return {}


def _box() -> MultiFernet:
    return _boxes((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _boxes(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(str(secret).encode())
    return base64.urlsafe_b64encode(derived)
