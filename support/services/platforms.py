"""Outside platforms: their switches and addresses."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.audit import staff
from portal.audit.actions import action
from portal.contracts.models import Contract
from support.models import ContractPlatform, Platform

_ACTIONS = {
    Platform: (
        action("support.platform.created", _("Piattaforma esterna inserita")),
        action("support.platform.changed", _("Indirizzo di una piattaforma esterna modificato")),
    ),
    ContractPlatform: (
        action("support.contract_platform.created", _("Piattaforma esterna prevista per il contratto")),
        action("support.contract_platform.changed", _("Piattaforma esterna del contratto modificata")),
    ),
}


@transaction.atomic
def save(*, obj: Platform | ContractPlatform, actor=None) -> dict[str, list]:
    """A switch or an address, as staff typed it; the contract remembers which platforms it foresees."""
    created, changed = _ACTIONS[type(obj)]
    contracts = (obj.contract,) if isinstance(obj, ContractPlatform) else ()
    changes = staff.save(obj, created=created, changed=changed, contracts=contracts, actor=actor)
    if isinstance(obj, ContractPlatform):
        _remember(obj.contract)
    return changes


def _remember(contract: Contract) -> None:
    codes = ContractPlatform.objects.filter(contract=contract, is_foreseen=True).order_by("code")
    found = list(codes.values_list("code", flat=True))
    Contract.objects.filter(pk=contract.pk).update(platforms=found)
    contract.platforms = found


def address_of(*, code: str, contract: Contract | None) -> str:
    """Where the platform opens for this contract; empty where it is not connected."""
    own = ContractPlatform.objects.filter(contract=contract, code=code).values_list("address", flat=True)
    return own.first() or Platform.objects.filter(code=code).values_list("address", flat=True).first() or ""
