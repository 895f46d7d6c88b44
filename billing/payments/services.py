"""The life of a payment. What a browser says proves nothing: only a signed notice, or our own question, moves money.

Every move is one conditional update, so that two notices, a notice and a return, or a notice and a cancellation at
the same moment have one outcome. Money that was taken is always credited, also after a cancellation; an answer that
does not agree with what we asked (amount, currency, merchant, reference) is never credited, and staff look at it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from billing.models import Arrangement, Invoice, Payment, PaymentNotice, SavedMethod
from billing.payments import effects, invoices, providers
from billing.payments.providers import Checkout, MethodTold, Outcome, Report, Silent
from billing.sealing import seal, what_can_be_read
from portal import clock
from portal.accounts.models import User
from portal.audit.actions import action
from portal.audit.services import record
from portal.money import euro

log = structlog.get_logger(__name__)

State = Payment.State
STARTED = action("billing.payment.started", gettext_lazy("Pagamento avviato"))
SETTLED = action("billing.payment.settled", gettext_lazy("Pagamento concluso"))
METHOD_SAVED = action("billing.payment.method_saved", gettext_lazy("Metodo di pagamento salvato"))
METHOD_REMOVED = action("billing.payment.method_removed", gettext_lazy("Metodo di pagamento eliminato"))

LIFETIME = timedelta(minutes=30)  # of the provider's page
ASK_AFTER = timedelta(minutes=2)  # a notice that has not come
GIVE_UP = timedelta(hours=24)  # of a provider that does not answer at all
MOST_A_DAY = 20  # passages a person may begin; more is not a person
BATCH = 200
RETURNS = {
    Payment.Purpose.TOP_UP: "billing:payment-return",
    Payment.Purpose.CARD: "billing:card-payment-return",
    Payment.Purpose.INVOICE: "billing:invoice-payment-return",
}

MAY_BE_PAID = (State.CREATED, State.WAITING, State.REFUSED, State.CANCELLED, State.EXPIRED, State.REVIEW)
MAY_FAIL = (State.CREATED, State.WAITING)
FAILED = {
    Outcome.REFUSED: State.REFUSED,
    Outcome.CANCELLED: State.CANCELLED,
    Outcome.EXPIRED: State.EXPIRED,
}


NotPossible = invoices.NotPossible


# --- Beginning ----------------------------------------------------------------------------------------------------
def start(
    *,
    user,
    line,
    amount: Decimal,
    purpose: str = Payment.Purpose.TOP_UP,
    kind: str = SavedMethod.Kind.CARD,
    method: SavedMethod | None = None,
    saves_method: bool = False,
    back_to: str = "",
    invoice: Invoice | None = None,
) -> Payment:
    """Make the payment and the provider's page for it."""
    provider = providers.current()
    if provider is None:
        raise NotPossible(_("In questo momento non è possibile pagare: riprova più tardi."))
    payment = _create(
        user=user,
        line=line,
        amount=amount,
        purpose=purpose,
        provider=provider.name,
        kind=method.kind if method else kind,
        method=method,
        saves_method=saves_method,
        back_to=back_to,
        invoice=invoice,
    )
    try:
        started = provider.start(_checkout(payment))
    except Silent:
        log.warning("payment_provider_silent", provider=provider.name)
        _move(payment, MAY_FAIL, State.CANCELLED, reason=_("Il sito dei pagamenti non risponde."))
        raise NotPossible(_("Il sito dei pagamenti non risponde: riprova fra qualche minuto.")) from None
    told = {"provider_reference": started.provider_reference, "provider_url": started.url}
    Payment.objects.filter(pk=payment.pk).update(**told, asked_at=clock.now())
    Payment.objects.filter(pk=payment.pk, state=State.CREATED).update(state=State.WAITING)
    payment.refresh_from_db()
    return payment


def _create(**values) -> Payment:
    """Order numbers are drawn, not counted; a clash draws again."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                _within_the_day(values["user"])
                if values["invoice"] is not None:
                    invoices.hold(values["invoice"])
                payment = Payment.objects.create(reference=secrets.token_hex(5).upper(), **values)
                record(STARTED, obj=payment, actor=payment.user, note=euro(payment.amount))
                return payment
        except IntegrityError:
            continue
    raise NotPossible(_("In questo momento non è possibile pagare: riprova più tardi."))


def _within_the_day(user) -> None:
    """Counted with the person's row held: many starts at one moment are counted one after the other."""
    _hold(user)
    since = clock.now() - timedelta(days=1)
    if Payment.objects.filter(user=user, created_at__gte=since).count() >= MOST_A_DAY:
        raise NotPossible(_("Hai iniziato troppi pagamenti in un giorno: riprova domani."))


def _hold(user) -> None:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _checkout(payment: Payment) -> Checkout:
    back = reverse(RETURNS[payment.purpose], args=(payment.reference,))
    words = payment.Purpose(payment.purpose).label
    if payment.invoice is not None:
        words = f"{words} {payment.invoice.number}"
    return Checkout(
        reference=payment.reference,
        amount=payment.amount,
        currency=payment.currency,
        description=str(words),
        return_url=f"{settings.PORTAL_URL}{back}",
        cancel_url=f"{settings.PORTAL_URL}{back}",
        kind=payment.kind,
        saves_method=payment.saves_method,
        token=what_can_be_read(payment.method.token).get("token", "") if payment.method else "",
        email=payment.user.email,
        language=(get_language() or "it")[:2],
    )


# --- Hearing ------------------------------------------------------------------------------------------------------
def take_notice(*, provider: str, headers: Mapping[str, str], body: bytes) -> PaymentNotice | None:
    """A notice of the provider. Raises `BadNotice`; the same one twice has one effect."""
    source = providers.named(provider)
    if source is None:
        raise providers.BadNotice
    report = source.read_notice(headers, body)
    if not report.event:
        raise providers.BadNotice
    try:
        with transaction.atomic():
            return _noted(provider, report)
    except IntegrityError:
        if PaymentNotice.objects.filter(provider=provider, event=report.event).exists():
            return None  # taken already, perhaps a moment ago by another process
        raise


def _noted(provider: str, report: Report) -> PaymentNotice:
    payment = _meant(provider, report)
    # First the row that makes the notice unique, then its effect: both or neither.
    notice = PaymentNotice.objects.create(
        provider=provider,
        event=report.event,
        payment=payment,
        told=report.outcome,
        outcome=PaymentNotice.Outcome.UNKNOWN,
    )
    if payment is not None:
        notice.outcome = apply(payment, report)
        notice.save(update_fields=["outcome"])
    return notice


def _meant(provider: str, report: Report) -> Payment | None:
    """By the provider's name for it; by ours where its name was not stored yet, as notices may be the quicker ones."""
    if not report.provider_reference:
        return None
    payments = Payment.objects.filter(provider=provider).select_related(
        "line__contract", "user", "method", "invoice"
    )
    found = payments.filter(provider_reference=report.provider_reference).first()
    if found is None and report.reference:
        found = payments.filter(reference=report.reference, provider_reference="").first()
        if found is not None:
            found.provider_reference = report.provider_reference
            found.save(update_fields=["provider_reference"])
    return found


def ask(payment: Payment) -> Payment:
    """Our own question to the provider, and what follows from its answer."""
    provider = providers.named(payment.provider)
    if provider is None or not payment.provider_reference or payment.state == State.PAID:
        return payment
    Payment.objects.filter(pk=payment.pk).update(asked_at=clock.now())
    try:
        report = provider.query(payment.provider_reference)
    except Silent:
        log.warning("payment_provider_silent", provider=payment.provider)
        payment.refresh_from_db()
        return payment
    with transaction.atomic():
        apply(payment, report)
    payment.refresh_from_db()
    return payment


def cancel(payment: Payment) -> Payment:
    """The person gives up. If the money is gone already, the payment counts all the same."""
    provider = providers.named(payment.provider)
    if payment.is_final:
        return payment
    try:
        if provider is not None and payment.provider_reference:
            provider.cancel(payment.provider_reference)
    except Silent:
        log.warning("payment_provider_silent", provider=payment.provider)
    payment = ask(payment)
    if not payment.is_final:
        _move(payment, MAY_FAIL, State.CANCELLED, reason=_("Annullato da te."))
        payment.refresh_from_db()
    return payment


# --- Deciding -----------------------------------------------------------------------------------------------------
def apply(payment: Payment, report: Report) -> str:
    """What a report changes. Call it in a transaction; whoever comes second changes nothing."""
    wrong = _mismatch(payment, report)
    if report.outcome == Outcome.PENDING:
        return PaymentNotice.Outcome.NOTHING_NEW
    if wrong and report.outcome != Outcome.PAID:
        return PaymentNotice.Outcome.MISMATCH
    if wrong:
        if _move(payment, (*MAY_FAIL, *FAILED.values()), State.REVIEW, reason=wrong):
            log.error("payment_mismatch", payment=payment.pk)
        return PaymentNotice.Outcome.MISMATCH
    if report.outcome == Outcome.PAID:
        if payment.invoice_id and (clash := invoices.clash(payment)):
            if _move(payment, (*MAY_FAIL, *FAILED.values()), State.REVIEW, reason=clash):
                log.error("invoice_paid_twice", payment=payment.pk)
            return PaymentNotice.Outcome.NOTHING_NEW
        if not _move(payment, MAY_BE_PAID, State.PAID):
            return PaymentNotice.Outcome.NOTHING_NEW
        _paid(payment, report.method)
        return PaymentNotice.Outcome.APPLIED
    moved = _move(payment, MAY_FAIL, FAILED[report.outcome], reason=report.reason)
    return PaymentNotice.Outcome.APPLIED if moved else PaymentNotice.Outcome.NOTHING_NEW


def _mismatch(payment: Payment, report: Report) -> str:
    """Where the answer does not agree with what we asked."""
    held = (
        (report.provider_reference, payment.provider_reference, _("pagamento")),
        (report.reference, payment.reference, _("riferimento")),
        (report.amount, payment.amount, _("importo")),
        (report.currency or payment.currency, payment.currency, _("valuta")),
        (report.merchant, settings.PAYMENTS["merchant"], _("esercente")),
    )
    wrong = [str(words) for told, asked, words in held if told != asked]
    return _("Non corrisponde: %(what)s.") % {"what": ", ".join(wrong)} if wrong else ""


def _move(payment: Payment, of: tuple, to: str, *, reason: str = "") -> bool:
    """One conditional update: True for the one who made the move."""
    moved = Payment.objects.filter(pk=payment.pk, state__in=of).update(
        state=to, reason=reason[:200], settled_at=clock.now()
    )
    if moved:
        changes = {"state": [State(payment.state).label, State(to).label]}
        record(SETTLED, obj=payment, actor=payment.user, changes=changes)
        payment.state, payment.reason = to, reason[:200]
    return bool(moved)


def _paid(payment: Payment, told: MethodTold | None) -> None:
    """What a payment is for happens in the transaction that marks it paid."""
    told = told or MethodTold(kind=payment.kind)
    wants_it = payment.saves_method or payment.purpose == Payment.Purpose.CARD
    if told.token and wants_it:
        payment.method = keep_method(payment, told)
    words = (told.brand or SavedMethod.Kind(told.kind).label, told.last_digits and f"*****{told.last_digits}")
    payment.paid_with = " ".join(str(word) for word in words if word)[:40]
    payment.save(update_fields=["method", "paid_with"])
    if payment.purpose == Payment.Purpose.TOP_UP:
        effects.top_up(payment)
    elif payment.purpose == Payment.Purpose.INVOICE:
        invoices.paid(payment)


# --- Saved methods --------------------------------------------------------------------------------------------------
def keep_method(payment: Payment, told: MethodTold) -> SavedMethod:
    """The provider's name for the card, sealed; the same card is kept once."""
    fingerprint = hashlib.sha256(told.token.encode()).hexdigest()
    offered = payment.purpose == Payment.Purpose.TOP_UP
    method, new = SavedMethod.objects.get_or_create(
        user=payment.user,
        provider=payment.provider,
        fingerprint=fingerprint,
        removed_at=None,
        defaults={
            "token": seal({"token": told.token}),
            "kind": told.kind,
            "brand": told.brand[:20],
            "last_digits": told.last_digits[-4:],
            "expires": told.expires[:7],
            "holder": told.holder[:120],
            "is_offered": offered,
        },
    )
    if new:
        record(METHOD_SAVED, obj=method, actor=payment.user)
    elif offered and not method.is_offered:
        SavedMethod.objects.filter(pk=method.pk).update(is_offered=True)
    return method


def remove_method(method: SavedMethod, *, actor) -> None:
    """Forgotten here and there. A card that pays the personal invoices stays for that, and is offered no more."""
    if Arrangement.objects.in_force().filter(card=method).exists():
        SavedMethod.objects.filter(pk=method.pk).update(is_offered=False)
        record(METHOD_REMOVED, obj=method, actor=actor)
        return
    token = what_can_be_read(method.token).get("token", "")
    with transaction.atomic():
        gone = SavedMethod.objects.filter(pk=method.pk, removed_at=None).update(
            removed_at=clock.now(), token=""
        )
        if gone:
            record(METHOD_REMOVED, obj=method, actor=actor)
    provider = providers.named(method.provider)
    if gone and provider is not None and token:
        try:
            provider.forget(token)
        except Silent:
            log.warning("payment_provider_silent", provider=method.provider)


# --- Nothing stays open ------------------------------------------------------------------------------------------------
def sweep() -> int:
    """Ask about payments no notice came for; close those whose page is past its time. Returns how many ended."""
    now = clock.now()
    # A process that died before the provider answered leaves a row that leads nowhere.
    Payment.objects.filter(state=State.CREATED, created_at__lt=now - LIFETIME).update(
        state=State.EXPIRED, settled_at=now
    )
    due = Payment.objects.waiting().filter(asked_at__lt=now - ASK_AFTER).order_by("asked_at")
    return sum(
        _sweep_one(payment)
        for payment in due.select_related("line__contract", "user", "method", "invoice")[:BATCH]
    )


def _sweep_one(payment: Payment) -> bool:
    payment = ask(payment)
    if payment.is_final:
        return True
    age = clock.now() - payment.created_at
    if age > GIVE_UP:
        return _move(payment, MAY_FAIL, State.REVIEW, reason=_("Il sito dei pagamenti non ha risposto."))
    return False
