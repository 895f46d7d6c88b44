"""Stripe Checkout: its own page takes the card, we keep a name for it. A notice is only a bell: then we ask."""

from __future__ import annotations

import json
from decimal import Decimal

import requests
from django.conf import settings

from billing.payments.providers.base import (
    BadNotice,
    Checkout,
    MethodTold,
    Outcome,
    Provider,
    Report,
    Silent,
    Started,
)
from billing.payments.providers.signed import is_signed

TIMEOUT = (5, 20)
EXPAND = (
    "payment_intent.payment_method",
    "payment_intent.latest_charge",
    "setup_intent.payment_method",
)
BELLS = {
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
}
NOT_ANY_MORE = 404


class StripeProvider(Provider):
    kinds = ("card", "paypal")

    # --- Asking -------------------------------------------------------------------------------------------
    def start(self, checkout: Checkout) -> Started:
        answer = self._post("checkout/sessions", self._session(checkout), key=checkout.reference)
        return Started(answer["id"], answer["url"])

    def _session(self, checkout: Checkout) -> dict:
        fields = {
            "client_reference_id": checkout.reference,
            "metadata[reference]": checkout.reference,
            "metadata[merchant]": settings.PAYMENTS["merchant"],
            "success_url": checkout.return_url,
            "cancel_url": checkout.cancel_url,
            "locale": checkout.language,
            "payment_method_types[0]": checkout.kind,
        }
        customer = checkout.token.partition(":")[0] or self._customer(checkout)
        if customer:
            fields["customer"] = customer
        if not checkout.amount:
            return fields | {"mode": "setup", "currency": checkout.currency.lower()}
        fields |= {
            "mode": "payment",
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": checkout.currency.lower(),
            "line_items[0][price_data][unit_amount]": str(int(checkout.amount * 100)),
            "line_items[0][price_data][product_data][name]": checkout.description,
        }
        if checkout.saves_method:
            fields["payment_intent_data[setup_future_usage]"] = "on_session"
        if checkout.token:
            # The customer's saved cards are shown on the page, this one first.
            fields["saved_payment_method_options[payment_method_save]"] = "disabled"
        return fields

    def _customer(self, checkout: Checkout) -> str:
        if not checkout.saves_method:
            return ""
        return self._post("customers", {"email": checkout.email}, key=f"customer-{checkout.reference}")["id"]

    def query(self, provider_reference: str) -> Report:
        params = [("expand[]", path) for path in EXPAND]
        return _report(self._get(f"checkout/sessions/{provider_reference}", params))

    def cancel(self, provider_reference: str) -> None:
        self._post(f"checkout/sessions/{provider_reference}/expire", {}, may_fail=True)

    def forget(self, token: str) -> None:
        method = token.partition(":")[2]
        if method:
            self._post(f"payment_methods/{method}/detach", {}, may_fail=True)

    # --- Being told ---------------------------------------------------------------------------------------
    def read_notice(self, headers, body: bytes) -> Report:
        if not is_signed(headers.get("Stripe-Signature", ""), self._settings["webhook_secret"], body):
            raise BadNotice
        try:
            event = json.loads(body)
            kind, session, name = event["type"], event["data"]["object"]["id"], event["id"]
        except (ValueError, KeyError, TypeError) as nonsense:
            raise BadNotice from nonsense
        if kind not in BELLS or not isinstance(session, str) or not isinstance(name, str):
            return Report(provider_reference="", outcome=Outcome.PENDING, event=str(name)[:120])
        told = self.query(session)
        return Report(
            **{field: getattr(told, field) for field in Report.__slots__ if field != "event"},
            event=name[:120],
        )

    # --- The wire -----------------------------------------------------------------------------------------
    @property
    def _settings(self) -> dict:
        return settings.PAYMENTS["stripe"]

    def _post(self, path: str, data: dict, *, key: str = "", may_fail: bool = False) -> dict:
        headers = {"Idempotency-Key": f"portal-{key}"} if key else {}
        return self._ask("post", path, may_fail=may_fail, data=data, headers=headers)

    def _get(self, path: str, params: list) -> dict:
        return self._ask("get", path, params=params)

    def _ask(self, verb: str, path: str, *, may_fail: bool = False, **more) -> dict:
        try:
            answer = requests.request(
                verb,
                f"{self._settings['url']}/v1/{path}",
                auth=(self._settings["key"], ""),
                timeout=TIMEOUT,
                allow_redirects=False,
                **more,
            )
            if not answer.ok and not may_fail:
                raise Silent(f"{verb} {path.partition('/')[0]}: {answer.status_code}")
            return answer.json()
        except (requests.RequestException, ValueError) as fault:
            raise Silent(f"{verb} {path.partition('/')[0]}") from fault


def _report(session: dict) -> Report:
    intent = session.get("payment_intent") or session.get("setup_intent") or {}
    return Report(
        provider_reference=session["id"],
        outcome=_outcome(session),
        reference=session.get("client_reference_id") or "",
        amount=Decimal(session.get("amount_total") or 0) / 100,
        currency=(session.get("currency") or "").upper(),
        merchant=(session.get("metadata") or {}).get("merchant", ""),
        method=_method(session, intent if isinstance(intent, dict) else {}),
    )


def _outcome(session: dict) -> Outcome:
    if session.get("status") == "expired":
        return Outcome.EXPIRED
    if session.get("status") != "complete":
        return Outcome.PENDING
    if session.get("mode") == "setup" or session.get("payment_status") == "paid":
        return Outcome.PAID
    failed = (session.get("payment_intent") or {}).get("status") in ("canceled", "requires_payment_method")
    return Outcome.REFUSED if failed else Outcome.PENDING


def _method(session: dict, intent: dict) -> MethodTold | None:
    method = intent.get("payment_method")
    if not isinstance(method, dict):
        return None
    card, owner = method.get("card") or {}, method.get("billing_details") or {}
    customer = session.get("customer") or ""
    month, year = card.get("exp_month"), card.get("exp_year")
    return MethodTold(
        token=f"{customer}:{method['id']}" if customer else "",
        kind="paypal" if method.get("type") == "paypal" else "card",
        brand=(card.get("brand") or "").upper(),
        last_digits=card.get("last4") or "",
        expires=f"{month:02d}/{year}" if month and year else "",
        holder=owner.get("name") or "",
    )
