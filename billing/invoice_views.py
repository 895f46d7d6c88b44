"""Downloads of an invoice."""

from __future__ import annotations

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from billing import invoice_files
from billing.models import Invoice
from portal.contracts.views import serves


def _recent(request, pk: int) -> Invoice:
    """One of those on the list, or nothing."""
    invoices = Invoice.objects.for_access(request.access).recent()
    return get_object_or_404(invoices.select_related("contract__organization", "line"), pk=pk)


@serves("7.4.1")
@require_safe
def company_pdf(request, pk: int):
    invoice = _recent(request, pk)
    return FileResponse(
        invoice_files.open_pdf(invoice),
        as_attachment=True,
        filename=f"Fattura-{invoice.number}.pdf",
        content_type="application/pdf",
    )


@serves("7.4.1")
@require_safe
def company_flat(request, pk: int):
    invoice = _recent(request, pk)
    return FileResponse(
        invoice_files.flat_file(invoice),
        as_attachment=True,
        filename=f"Fattura-{invoice.number}.csv",
        content_type="text/csv; charset=utf-8",
    )
