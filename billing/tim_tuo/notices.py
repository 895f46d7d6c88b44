"""A new personal invoice is told by e-mail to whoever asked for it (9.2.1.2/R2)."""

from __future__ import annotations

from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse

from billing.models import Invoice, PersonalAccount
from portal.accounts.models import User
from portal.outbox.services import send_mail


@receiver(post_save, sender=Invoice, dispatch_uid="tim_tuo_invoice_published")
def published(sender, instance: Invoice, created: bool, **kwargs) -> None:
    """In the transaction that stores the invoice: what is not stored is not told."""
    if not created or instance.kind != Invoice.Kind.PERSONAL:
        return
    person = User.objects.filter(
        mobile_number=instance.line.number, tax_code=instance.tax_code, is_active=True, closed_at=None
    ).first()
    if person is None or not person.email:
        return
    wants_it = PersonalAccount.objects.living().filter(dual_billing__line=instance.line, told_by_email=True)
    if wants_it.exists():
        send_mail(
            to=person.email,
            template="invoice_published",
            context={
                "person": person,
                "invoice": instance,
                "link": f"{settings.PORTAL_URL}{reverse('billing:my-invoices')}",
            },
            kind="invoice-published",
            key=f"invoice-published:{instance.number}",
            user=person,
        )
