"""A personal invoice paid by card: whether it may be, and what follows when it was.

It is paid once. Whoever begins, whoever hears that it was paid and whoever sends it to the bank holds its row first.
Money that came for an invoice that was paid already is never taken for granted: staff look at it and give it back.
"""

from __future__ import annotations

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Arrangement, Debit, Invoice, PayBy, Payment
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from portal.money import euro
from portal.outbox.services import send_mail, send_sms
from portal.words import speaking_to

PAID = action("billing.invoice.paid_by_card", gettext_lazy("Fattura personale pagata con carta"))

ON_ITS_WAY = (Payment.State.CREATED, Payment.State.WAITING)


class NotPossible(Exception):
    """The payment cannot begin, for a reason a person can read."""


# --- May it be paid? ------------------------------------------------------------------------------------------------
def with_paying(invoices: QuerySet) -> QuerySet:
    """What `why_not` and the pages need to know, in the query of the invoices."""
    payments = Payment.objects.filter(invoice=OuterRef("pk"))
    in_force = Arrangement.objects.in_force().filter(
        pay_by=PayBy.CARD,
        account__dual_billing__line=OuterRef("line"),
        account__dual_billing__tax_code=OuterRef("tax_code"),
    )
    return invoices.annotate(
        is_debited=Exists(Debit.objects.filter(invoice=OuterRef("pk"), state=Debit.State.SENT)),
        is_in_review=Exists(payments.filter(state=Payment.State.REVIEW)),
        is_on_a_card=Exists(in_force),
        on_its_way=Subquery(payments.filter(state__in=ON_ITS_WAY).values("reference")[:1]),
        receipt=Subquery(payments.filter(state=Payment.State.PAID).values("reference")[:1]),
    )


def why_not(invoice: Invoice) -> str:
    """Why it cannot be paid here now, or nothing. Of an invoice with `with_paying`."""
    if invoice.paid_on:
        return _("La fattura è già pagata.")
    if invoice.total <= 0:
        return _("In questa fattura non c'è niente da pagare.")
    if invoice.is_debited:
        return _("L'addebito sul tuo conto è già stato chiesto alla banca: non serve pagarla da qui.")
    if invoice.is_in_review:
        return _("Stiamo verificando un pagamento di questa fattura: non pagarla di nuovo.")
    if invoice.is_on_a_card and invoice.payment != Invoice.Payment.OVERDUE:
        return _("Viene addebitata sulla tua carta. Se dopo la scadenza è ancora aperta, la paghi da qui.")
    return ""


def hold(invoice: Invoice) -> None:
    """Held until the payment is stored; refused where it may not be paid any more."""
    Invoice.objects.select_for_update(no_key=True).get(pk=invoice.pk)
    now = with_paying(Invoice.objects.filter(kind=Invoice.Kind.PERSONAL, pk=invoice.pk)).get()
    if reason := why_not(now):
        raise NotPossible(reason)
    if now.on_its_way:
        raise NotPossible(_("Un pagamento di questa fattura è già in corso: concludilo o annullalo."))


# --- It was paid ----------------------------------------------------------------------------------------------------
def clash(payment: Payment) -> str:
    """Why this money cannot simply pay the invoice; holds its row."""
    invoice = Invoice.objects.select_for_update(no_key=True).get(pk=payment.invoice_id)
    if invoice.paid_on:
        return _("La fattura era già pagata.")
    if Debit.objects.filter(invoice=invoice, state=Debit.State.SENT).exists():
        return _("L'addebito della fattura era già stato chiesto alla banca.")
    return ""


def paid(payment: Payment) -> None:
    """In the transaction that marks the payment paid."""
    today = clock.today()
    Invoice.objects.filter(pk=payment.invoice_id).update(paid_on=today)
    # Without the contract: the register of the organization tells nothing of a person's own invoices.
    record(PAID, obj=payment.invoice, actor=payment.user, changes={"paid_on": [None, today]})
    key, user = f"payment:{payment.reference}", payment.user
    with speaking_to(user):
        text = _("TIM TUO: hai pagato la fattura %(invoice)s, %(amount)s. Ordine %(number)s.") % {
            "invoice": payment.invoice.number,
            "amount": euro(payment.amount),
            "number": payment.reference,
        }
    send_sms(to=payment.line.number, text=text, kind="invoice-paid", key=key, user=user)
    if user.email:
        link = reverse("billing:invoice-payment", args=(payment.reference,))
        send_mail(
            to=user.email,
            template="invoice_paid",
            context={"person": user, "payment": payment, "link": f"{settings.PORTAL_URL}{link}"},
            kind="invoice-paid",
            key=f"{key}:mail",
            user=user,
        )


def was_paid_here(invoice: Invoice) -> bool:
    return Payment.objects.filter(invoice=invoice, state=Payment.State.PAID).exists()
