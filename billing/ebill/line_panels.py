"""What the page of a line says of its cost centres, and the way to change them."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.ebill import months, services
from billing.models import CostAssignment
from lines.models import Line
from lines.panels import Panel, line_action, panel
from portal.lists import RowAction


@panel(55)
def cost_centres(access, line: Line) -> Panel | None:
    if not access.may("B2.1.4"):
        return None
    rows = list(CostAssignment.objects.for_access(access).filter(line=line).order_by("-starts_on"))
    words = services.describe({row.split_id for row in rows})
    return Panel(
        "centri",
        _("Centri di costo in eBill"),
        (_("Ripartizione"), _("Dal mese"), _("Al mese")),
        [(words[row.split_id], months.words(row.starts_on), _until(row)) for row in rows],
        empty=_("La linea non ha un centro di costo."),
    )


def _until(row: CostAssignment) -> str:
    return months.words(row.ends_on - timedelta(days=1)) if row.ends_on else _("in poi")


@line_action(70)
def assign(access, line: Line) -> RowAction | None:
    if not access.may("B3.6"):
        return None
    return RowAction(
        _("Assegna centro di costo"), f"{reverse('billing:assegna-centro-di-costo')}?linea={line.pk}"
    )


@line_action(75)
def traffic(access, line: Line) -> RowAction | None:
    function, name = ("7.4.4", "ebill-prepaid-line") if line.is_prepaid else ("7.4.3", "ebill-postpaid-line")
    if not access.may(function):
        return None
    return RowAction(_("Traffico on line"), reverse(f"billing:{name}", args=[line.pk]))
