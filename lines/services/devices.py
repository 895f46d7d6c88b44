"""Devices that nobody may use any more."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lines.models import Device, ImeiBlock
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.models import Contract

BLOCKED = action("lines.device.blocked", _("Apparato bloccato (IMEI)"))


def block_imei(
    *, contract: Contract, imei: str, device: Device | None = None, line_number: str = "", actor=None
) -> ImeiBlock | None:
    """Bar the device on the network; None when it is barred already."""
    try:
        with transaction.atomic():
            block = ImeiBlock.objects.create(
                contract=contract, imei=imei, device=device, line_number=line_number
            )
            record(BLOCKED, contract=contract, obj=block, line_number=line_number, actor=actor)
    except IntegrityError:
        return None
    return block
