"""What the home page shows of requests."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.operations.models import ServiceRequest
from portal.operations.services import approvals
from portal.site.registry import Attention, Figure, attention, figure


@attention(approvals.FUNCTION)
def to_approve(access):
    count = approvals.waiting_for(access)
    if count:
        words = ngettext(
            "%(count)d richiesta aspetta la tua approvazione.",
            "%(count)d richieste aspettano la tua approvazione.",
            count,
        )
        yield Attention(words % {"count": count}, reverse("operations:approvals"), action=_("Leggi e decidi"))


@figure(approvals.FUNCTION)
def approvals_figure(access):
    return Figure(str(approvals.waiting_for(access)), _("da approvare"))


# --- Requests on their way --------------------------------------------------------------------------------------
MINE = "B-07"


@attention(MINE)
def late_requests(access):
    """What was promised and is not done: the contract's for who reads its history, one's own for the others."""
    late = ServiceRequest.objects.for_access(access).late().order_by("promised_at")
    count = late.count()
    if not count:
        return
    words = ngettext(
        "%(count)d richiesta ha superato il tempo promesso.",
        "%(count)d richieste hanno superato il tempo promesso.",
        count,
    )
    page = reverse("operations:request", args=[late[0].number]) if count == 1 else _where(access)
    yield Attention(words % {"count": count}, page, "danger", _("Controlla a che punto è"))


def _where(access) -> str:
    return reverse("operations:history" if access.may("7.3.1") else "operations:mine")


@figure(MINE)
def my_open_requests(access):
    return Figure(str(ServiceRequest.objects.mine(access).open().count()), _("aperte"))


@figure("7.3.1")
def open_requests(access):
    return Figure(str(ServiceRequest.objects.of_contract(access).open().count()), _("aperte"))
