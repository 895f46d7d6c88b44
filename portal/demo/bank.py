"""The bank of the demo: a hosted page with strong authentication, signed notices that may come late, twice, or never.

It keeps to the contract of a real provider: it never tells anybody a card number, and forgets it at once.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from billing.payments import services
from billing.payments.providers import (
    BadNotice,
    Checkout,
    MethodTold,
    Outcome,
    Provider,
    Report,
    Silent,
    Started,
)
from billing.payments.providers.signed import header, is_signed
from portal import clock
from portal.demo.models import BankCheckout
from portal.jobs.registry import job
from portal.jobs.services import Run, enqueue

LATE = timedelta(seconds=20)
SIGNED = "X-Bank-Signature"
State = BankCheckout.State


class DemoBank(Provider):
    kinds = ("card", "paypal")

    def start(self, checkout: Checkout) -> Started:
        values = {
            "amount": checkout.amount,
            "currency": checkout.currency,
            "merchant": settings.PAYMENTS["merchant"],
            "description": checkout.description[:80],
            "return_path": urlsplit(checkout.return_url).path,
            "kind": checkout.kind,
            "card_token": checkout.token,
            "expires_at": clock.now() + services.LIFETIME,
        }
        try:
            with transaction.atomic():
                made = BankCheckout.objects.create(
                    token=secrets.token_hex(12), reference=checkout.reference, **values
                )
        except IntegrityError:
            made = BankCheckout.objects.get(reference=checkout.reference)
        return Started(made.token, reverse("demo:bank", args=(made.token,)))

    def query(self, provider_reference: str) -> Report:
        found = BankCheckout.objects.filter(token=provider_reference).first()
        if found is None:
            raise Silent("unknown checkout")
        return report_of(found)

    def read_notice(self, headers, body: bytes) -> Report:
        if not is_signed(headers.get(SIGNED, ""), settings.PAYMENTS["demo_secret"], body):
            raise BadNotice
        try:
            told = json.loads(body)
            return Report(
                provider_reference=told["checkout"],
                outcome=Outcome(told["outcome"]),
                reference=told["reference"],
                amount=Decimal(told["amount"]),
                currency=told["currency"],
                merchant=told["merchant"],
                event=told["event"],
                reason=told["reason"],
                method=MethodTold(**told["method"]) if told["method"] else None,
            )
        except (ValueError, KeyError, TypeError, ArithmeticError) as nonsense:
            raise BadNotice from nonsense

    def cancel(self, provider_reference: str) -> None:
        open_one = BankCheckout.objects.filter(
            token=provider_reference, state__in=(State.OPEN, State.PROVING)
        )
        open_one.update(state=State.CANCELLED)

    def forget(self, token: str) -> None:
        BankCheckout.objects.filter(card_token=token).update(card_token="")


OUTCOMES = {
    State.OPEN: Outcome.PENDING,
    State.PROVING: Outcome.PENDING,
    State.PAID: Outcome.PAID,
    State.REFUSED: Outcome.REFUSED,
    State.CANCELLED: Outcome.CANCELLED,
}


def report_of(found: BankCheckout) -> Report:
    outcome = OUTCOMES[found.state]
    if outcome == Outcome.PENDING and found.expires_at < clock.now():
        outcome = Outcome.EXPIRED
    if found.told_from and found.told_from > clock.now():
        outcome = Outcome.PENDING  # the bank itself does not know yet
    return Report(
        provider_reference=found.token,
        outcome=outcome,
        reference=found.reference,
        amount=found.amount,
        currency=found.currency,
        merchant=found.merchant,
        event=f"{found.token}-{outcome}",
        reason="La banca non ha autorizzato il pagamento." if outcome == Outcome.REFUSED else "",
        method=_method(found) if outcome == Outcome.PAID else None,
    )


def _method(found: BankCheckout) -> MethodTold:
    return MethodTold(
        token=found.card_token,
        kind=found.kind,
        brand=found.brand,
        last_digits=found.last_digits,
        expires=found.expires,
        holder=found.holder,
    )


# --- What the page of the bank does ----------------------------------------------------------------------------------
def take_card(found: BankCheckout, *, brand: str, last_digits: str, expires: str, holder: str) -> None:
    """The number itself has been looked at and is gone: what is kept is what any receipt shows."""
    found.brand, found.last_digits, found.expires, found.holder = brand, last_digits, expires, holder
    found.card_token = f"card_{secrets.token_hex(12)}"
    prove(found)


def prove(found: BankCheckout) -> None:
    found.state = State.PROVING
    found.save()


def known_card(found: BankCheckout) -> BankCheckout | None:
    """The earlier visit this saved card comes from."""
    if not found.card_token:
        return None
    others = BankCheckout.objects.filter(card_token=found.card_token, state=State.PAID)
    return others.exclude(pk=found.pk).order_by("pk").first()


@transaction.atomic
def decide(found: BankCheckout, *, paid: bool, late: bool = False, twice: bool = False) -> None:
    found.state = State.PAID if paid else State.REFUSED
    found.told_from = clock.now() + LATE if late else None
    found.save()
    for copy in range(2 if twice else 1):
        enqueue(
            kind="demo-bank-notice",
            key=f"demo-bank-notice:{found.token}:{found.state}:{copy}",
            payload={"checkout": found.pk},
            run_after=found.told_from,
        )


@transaction.atomic
def give_up(found: BankCheckout) -> None:
    if found.state in (State.OPEN, State.PROVING):
        found.state = State.CANCELLED
        found.save()


def notice_of(report: Report) -> tuple[dict, bytes]:
    """Headers and body as they go over the wire."""
    method = report.method
    body = json.dumps(
        {
            "checkout": report.provider_reference,
            "outcome": report.outcome.value,
            "reference": report.reference,
            "amount": str(report.amount),
            "currency": report.currency,
            "merchant": report.merchant,
            "event": report.event,
            "reason": report.reason,
            "method": {name: getattr(method, name) for name in MethodTold.__slots__} if method else None,
        }
    ).encode()
    return {SIGNED: header(settings.PAYMENTS["demo_secret"], body)}, body


@job("demo-bank-notice")
def send_notice(run: Run) -> None:
    headers, body = notice_of(report_of(BankCheckout.objects.get(pk=run.payload["checkout"])))
    services.take_notice(provider="demo", headers=headers, body=body)
