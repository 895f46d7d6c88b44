"""What billing brings to the home page of a referent: invoices to pay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import ngettext

from billing.models import Invoice, TopUp
from portal import clock, money
from portal.site.registry import Attention, Figure, attention, figure

WEEK = timedelta(days=7)


def _unpaid(access):
    return Invoice.objects.for_access(access).recent().filter(paid_on=None)


@attention("7.4.1")
def overdue(access) -> Iterator[Attention]:
    count = _unpaid(access).filter(due_on__lt=clock.today()).count()
    if count:
        words = ngettext("%(count)d fattura scaduta", "%(count)d fatture scadute", count)
        yield Attention(
            words % {"count": count}, f"{reverse('billing:invoices')}?pagamento=overdue", "danger"
        )


@figure("7.4.1")
def open_invoices(access) -> Figure:
    count = _unpaid(access).count()
    return Figure(money.number(count, 0), ngettext("fattura da pagare", "fatture da pagare", count))


@figure("7.4.2")
def last_invoice(access) -> Figure | None:
    last = Invoice.objects.for_access(access).recent().newest_first().first()
    return Figure(money.euro(last.total), last.billing_period) if last else None


@attention("7.3.4")
def top_ups_that_failed(access) -> Iterator[Attention]:
    """Company top-ups of the last week that were refused, or that customer service looks into."""
    recent = TopUp.objects.for_access(access).filter(due_on__gte=clock.today() - WEEK)
    count = recent.filter(state__in=(TopUp.State.REFUSED, TopUp.State.STAFF)).count()
    if count:
        words = ngettext(
            "%(count)d ricarica aziendale non accreditata",
            "%(count)d ricariche aziendali non accreditate",
            count,
        )
        yield Attention(words % {"count": count}, reverse("billing:company-top-ups"), "warning")
