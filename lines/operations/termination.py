"""«Cessazione SIM» (7.3.12): a page that says whom to call; on line where the contract has that option (B-08)."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lines.models import LineState
from lines.operations.common import LineFlow, LinePage, line_of
from lines.services import states
from portal.contracts.models import ContractOption
from portal.contracts.views import serves
from portal.operations.declare import Filing, Operation, Subjects, Unworkable
from portal.operations.models import OrderState
from portal.operations.steps import LinesStep
from portal.site.models import ContactPoint


class TerminateSim(Operation):
    row, kind, title = "B5", "sim-termination", _("Cessazione SIM")
    promise = timedelta(days=2)
    order_ends = OrderState.CEASED

    def fulfil(self, item):
        line = line_of(item)
        if not states.cease(lines=[line.pk], note=item.request.number):
            raise Unworkable(_t("La linea è già cessata."))


class TerminationPage(LinePage):
    function = "7.3.12"


class TerminationChoice(LinesStep):
    list_page = TerminationPage
    intro = "lines/operations/termination_intro.html"

    def eligible(self):
        return self.scope().exclude(state=LineState.CEASED)


class TerminationFlow(LineFlow):
    name, function, operations = "cessa-sim", "7.3.12", (TerminateSim,)
    steps, list_apart, fresh_factor = (TerminationChoice,), True, True

    @classmethod
    def is_open_to(cls, access):
        return online(access)

    def filings(self):
        yield Filing(TerminateSim, Subjects(self.lines().order_by("pk")))


def online(access) -> bool:
    return access.contract.has_option(ContractOption.Code.ONLINE_TERMINATION)


@require_safe
@serves("7.3.12")
def information(request: HttpRequest) -> HttpResponse:
    voice = ContactPoint.objects.filter(kind=ContactPoint.Kind.VOICE).first()
    context = {"online": request.access.contract is not None and online(request.access), "voice": voice}
    return render(request, "lines/operations/termination.html", context)
