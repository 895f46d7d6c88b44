"""Who really fills the credit. A connector to an operator's own system is one more class, named in the settings."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Refused(Exception):
    """The operator says no, in words a person can read. It has not been done and will not be."""


class Operator(Protocol):
    # Does the same key twice have one effect over there? Then what is not known may be sent again.
    honours_key: bool

    def recharge(self, *, key: str, number: str, amount: Decimal) -> None:
        """Fill the company credit. Returns when it is done; `Refused`; any other exception: nobody knows."""

    def status(self, *, key: str) -> bool:
        """True: done. False: never heard of. `Refused`; any other exception: cannot be told now."""


class Builtin:
    """The portal itself keeps the credit: its own ledger is the effect, and it honours every key."""

    honours_key = True

    def recharge(self, *, key: str, number: str, amount: Decimal) -> None:
        return

    def status(self, *, key: str) -> bool:
        return False


def operator() -> Operator:
    return import_string(settings.TOP_UPS["operator"])()
