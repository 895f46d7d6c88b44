"""What a provider of payments must be able to do, and what it tells us."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Silent(Exception):
    """The provider does not answer, or not so that one could understand it: ask again later."""


class BadNotice(Exception):
    """Not signed by the provider, too old, or without sense."""


class Outcome(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Checkout:
    """What we ask for. An amount of nothing registers a card without charging it."""

    reference: str
    amount: Decimal
    currency: str
    description: str
    return_url: str
    cancel_url: str
    kind: str = "card"  # SavedMethod.Kind
    saves_method: bool = False
    token: str = ""  # of a saved method
    email: str = ""
    language: str = "it"


@dataclass(frozen=True, slots=True)
class Started:
    provider_reference: str
    url: str  # where the person goes


@dataclass(frozen=True, slots=True)
class MethodTold:
    """How it was paid, as far as we may know it."""

    token: str = ""
    kind: str = "card"
    brand: str = ""
    last_digits: str = ""
    expires: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a payment, as the provider tells it: by a signed notice, or because we asked."""

    provider_reference: str
    outcome: Outcome
    reference: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    merchant: str = ""
    event: str = ""  # of a notice; the same event is the same notice
    reason: str = ""
    method: MethodTold | None = None


class Provider(ABC):
    name: str = ""
    kinds: tuple[str, ...] = ("card",)  # what it can take

    @abstractmethod
    def start(self, checkout: Checkout) -> Started:
        """Prepare its page. Asked twice with the same reference, it gives the same payment."""

    @abstractmethod
    def query(self, provider_reference: str) -> Report:
        """What it knows now."""

    @abstractmethod
    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Report:
        """A notice it sent us. Raises `BadNotice` unless the signature proves it."""

    @abstractmethod
    def cancel(self, provider_reference: str) -> None:
        """Close its page, if nothing was paid there yet."""

    @abstractmethod
    def forget(self, token: str) -> None:
        """Let go of a saved method."""
