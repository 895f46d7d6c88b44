"""Changes to organizations, contracts, referents and addresses."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit import staff
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.models import (
    Address,
    Contract,
    ContractOption,
    FrameworkAgreement,
    Municipality,
    Organization,
    Province,
    Referent,
    StreetType,
)

_ACTIONS = {
    FrameworkAgreement: (
        action("contracts.agreement.created", _("Convenzione inserita dal Servizio Clienti")),
        action("contracts.agreement.changed", _("Convenzione modificata dal Servizio Clienti")),
    ),
    Organization: (
        action("contracts.organization.created", _("Ente inserito dal Servizio Clienti")),
        action("contracts.organization.changed", _("Dati dell'ente modificati dal Servizio Clienti")),
    ),
    Contract: (
        action("contracts.contract.created", _("Contratto inserito dal Servizio Clienti")),
        action("contracts.contract.changed", _("Dati del contratto modificati dal Servizio Clienti")),
    ),
    Referent: (
        action("contracts.referent.created", _("Referente inserito dal Servizio Clienti")),
        action("contracts.referent.changed", _("Referente modificato dal Servizio Clienti")),
    ),
    Address: (
        action("contracts.address.created", _("Indirizzo inserito dal Servizio Clienti")),
        action("contracts.address.changed", _("Indirizzo modificato dal Servizio Clienti")),
    ),
    ContractOption: (
        action("contracts.option.created", _("Opzione di contratto inserita dal Servizio Clienti")),
        action("contracts.option.changed", _("Opzione di contratto modificata dal Servizio Clienti")),
    ),
    **dict.fromkeys(
        (StreetType, Province, Municipality),
        (
            action("contracts.place.created", _("Nome di luogo inserito dal Servizio Clienti")),
            action("contracts.place.changed", _("Nome di luogo modificato dal Servizio Clienti")),
        ),
    ),
}
_ENDED = action("contracts.referent.ended", _("Incarico di un referente chiuso dal Servizio Clienti"))


def save_from_staff(*, obj: models.Model, actor=None) -> dict[str, list]:
    """What customer service typed in the console, with old and new values in the register."""
    created, changed = _ACTIONS[type(obj)]
    return staff.save(obj, created=created, changed=changed, contracts=contracts_of(obj), actor=actor)


@transaction.atomic
def end_referent(*, referent: Referent, actor=None) -> bool:
    """Close a referent's task now; the row stays as history. False when it was closed already."""
    now = clock.now()
    if not Referent.objects.current().filter(pk=referent.pk).update(valid_to=now):
        return False
    old, referent.valid_to = referent.valid_to, now
    changes = {"valid_to": [old, now]}
    record(_ENDED, obj=referent, contract=referent.contract, changes=changes, actor=actor, source="admin")
    return True


def contracts_of(obj: models.Model) -> tuple[Contract, ...]:
    """The contracts in whose register a change of this object belongs."""
    if isinstance(obj, Contract):
        return (obj,)
    if isinstance(obj, Referent | ContractOption):
        return (obj.contract,)
    if not obj.pk:
        return ()
    if isinstance(obj, Organization):
        return tuple(obj.contracts.all())
    if isinstance(obj, Address):
        seat = Q(organization__registered_seat=obj)
        return tuple(Contract.objects.filter(Q(invoice_address=obj) | Q(papers_address=obj) | seat))
    return ()
