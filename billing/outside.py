"""eBill and TEM are built in; a contract may use its own elsewhere. Then our pages lead there, in a new window.

def workspace(request):
    if away := outside.page(request, Module.TEM):
        return away
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from billing.models import OutsideModule
from portal.audit import staff
from portal.audit.actions import action

Module = OutsideModule.Module
_SET = action("billing.outside_module.set", _("Modulo esterno collegato"))
_CHANGED = action("billing.outside_module.changed", _("Modulo esterno modificato"))
_REMOVED = action("billing.outside_module.removed", _("Modulo esterno scollegato"))


def page(request: HttpRequest, module: str) -> HttpResponse | None:
    """The page that leads elsewhere, where the contract has its own address; None where ours is used."""
    contract = request.access.contract
    found = OutsideModule.objects.filter(contract=contract, module=module).first() if contract else None
    if found is None:
        return None
    return render(
        request, "billing/outside.html", {"address": found.address, "name": found.get_module_display()}
    )


@transaction.atomic
def save(*, module: OutsideModule, actor=None) -> dict[str, list]:
    return staff.save(module, created=_SET, changed=_CHANGED, actor=actor)


@transaction.atomic
def remove(*, module: OutsideModule, actor=None) -> None:
    staff.remove(module, removed=_REMOVED, actor=actor)
