"""What lines bring to the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lines import allowances
from lines.models import InventoryTotal, LineState
from portal import money
from portal.contracts.directory import PREPAID
from portal.site.registry import Attention, Figure, attention, figure

Subject = InventoryTotal.Subject


def _active(access, subject: str) -> int:
    rows = InventoryTotal.objects.for_access(access).filter(subject=subject, state=LineState.ACTIVE)
    return rows.aggregate(n=Sum("count"))["n"] or 0


@figure("7.2.1.1")
@figure("7.2.2.1")
def active_lines(access) -> Figure:
    count = _active(access, Subject.LINES)
    return Figure(money.number(count, 0), ngettext("linea attiva", "linee attive", count))


@figure("7.2.1.2")
@figure("7.2.2.2")
def active_services(access) -> Figure:
    count = _active(access, Subject.LINE_SERVICES)
    return Figure(money.number(count, 0), ngettext("servizio attivo", "servizi attivi", count))


@figure("7.2.1.3")
@figure("7.2.2.3")
def dual_billing(access) -> Figure:
    count = _active(access, Subject.DUAL_POSTPAID)
    return Figure(money.number(count, 0), ngettext("servizio attivo", "servizi attivi", count))


@figure("7.2.1.5")
@figure("7.2.2.5")
def devices(access) -> Figure:
    count = _active(access, Subject.DEVICE_SERVICES)
    return Figure(money.number(count, 0), ngettext("servizio attivo", "servizi attivi", count))


@figure("9.1.1")
def credit(access) -> Figure | None:
    """Of a prepaid line, where somebody keeps its wallet."""
    if access.own_line is None or access.own_line.billing_type != PREPAID:
        return None
    found = allowances.personal_credit(access.own_line.id)
    return Figure(money.euro(found.amount), _("credito personale")) if found else None


@attention("9.1.1")
def suspended(access) -> Iterator[Attention]:
    if access.own_line is not None and access.own_line.state == LineState.SUSPENDED:
        words = _("La tua linea è sospesa: rivolgiti al referente della tua amministrazione.")
        yield Attention(words, reverse("lines:my-sim"), "danger")
