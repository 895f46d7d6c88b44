"""One page for each outside platform (7.6): it opens elsewhere, with credentials of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.contracts.views import serves
from support.models.platforms import PlatformCode
from support.services import platforms

FUNCTION_OF = {
    PlatformCode.AIRWATCH: "7.6.1.1",
    PlatformCode.MOBILEIRON: "7.6.1.2",
    PlatformCode.FLEET: "7.6.2",
    PlatformCode.MESSAGING: "7.6.3",
    PlatformCode.PAYMENT: "7.6.4",
    PlatformCode.SMART: "7.6.5",
    PlatformCode.SMAS: "7.6.6",
}


def platform_page(code: PlatformCode):
    @require_safe
    @serves(FUNCTION_OF[code])
    def page(request: HttpRequest) -> HttpResponse:
        context = {
            "code": code.value,
            "name": code.label,
            "address": platforms.address_of(code=code, contract=request.access.contract),
        }
        return render(request, "support/platform.html", context)

    return page
