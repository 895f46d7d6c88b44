"""Paying an own personal invoice by card (9.2.1.2), and the receipt of it."""

from __future__ import annotations

import io

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing.models import Invoice, Payment
from billing.payments import invoices, services
from billing.payments.receipt import Receipt
from portal.contracts.views import serves
from portal.lists.actions import guarded


@never_cache
@serves("9.2.1.2")
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """What is paid, and the way to the provider's page; one that is on its way already is gone on with."""
    mine = invoices.with_paying(Invoice.objects.own(request.access)).select_related("line__contract")
    invoice = get_object_or_404(mine, pk=pk)
    if invoice.on_its_way:
        return redirect("billing:invoice-payment", invoice.on_its_way)
    if reason := invoices.why_not(invoice):
        messages.info(request, reason)
        return redirect("billing:my-invoices")
    if request.method == "POST":
        try:
            payment = services.start(
                user=request.user,
                line=invoice.line,
                amount=invoice.total,
                purpose=Payment.Purpose.INVOICE,
                invoice=invoice,
                back_to=request.path,
            )
            return redirect("billing:invoice-payment", payment.reference)
        except services.NotPossible as refusal:
            messages.error(request, str(refusal))
    context = {
        "invoice": invoice,
        "late": invoice.payment == Invoice.Payment.OVERDUE,
        "back_url": reverse("billing:my-invoices"),
        "page_title": _("Paga la fattura"),
        "page_purpose": _("Con carta, in una volta sola."),
        "crumbs": [(_("Paga la fattura"), "")],
    }
    return render(request, "billing/payments/invoice.html", context)


@require_safe
@serves("9.2.1.2")
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    mine = Payment.objects.for_access(request.access).filter(
        purpose=Payment.Purpose.INVOICE, state=Payment.State.PAID
    )
    payment = get_object_or_404(mine.select_related("invoice", "line", "user"), reference=reference)
    stream = io.BytesIO()
    Receipt(payment).write(stream)
    stream.seek(0)
    name = f"Ricevuta-{payment.reference}.pdf"
    response = guarded(
        FileResponse(stream, as_attachment=True, filename=name, content_type="application/pdf")
    )
    response["Cache-Control"] = "no-store"
    return response
