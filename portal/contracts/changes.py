"""What a request changes in a contract once it is worked: its referents and where its papers go."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.models import Address, Contract, Referent

REPLACED = action("contracts.referent.replaced", _("Referente sostituito"))
CONTACTS = action("contracts.referent.contacts", _("Contatti di un referente modificati"))
MOVED = action("contracts.address.moved", _("Indirizzo di spedizione modificato"))

ADDRESS_FIELDS = (
    "street_type", "street", "civic", "province", "municipality", "postal_code", "hamlet", "attention",
)  # fmt: skip


class NotChanged(ValueError):
    """The change cannot be made; `message` says why."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message

    def __str__(self):
        return str(self.message)


def replace_referent(*, referent: Referent, person: Mapping[str, str], actor=None) -> Referent:
    """The old one's task ends now, and somebody else has it from now on.

    `person` holds tax_code, mobile_number, email, last_name and first_name. The rights come with the number (S-06).
    """
    now = clock.now()
    try:
        with transaction.atomic():
            _current(referent)
            Referent.objects.filter(pk=referent.pk).update(valid_to=now)
            new = Referent.objects.create(
                contract=referent.contract, role=referent.role, valid_from=now, **person
            )
            changes = {name: [getattr(referent, name), value] for name, value in person.items()}
            record(REPLACED, contract=referent.contract, obj=new, changes=changes, actor=actor)
    except IntegrityError:
        raise _taken() from None
    return new


def change_contacts(*, referent: Referent, contacts: Mapping[str, str], actor=None) -> bool:
    """A new number or e-mail. False when nothing is different."""
    try:
        with transaction.atomic():
            present = _current(referent)
            changes = {
                name: [getattr(present, name), value]
                for name, value in contacts.items()
                if getattr(present, name) != value
            }
            if not changes:
                return False
            Referent.objects.filter(pk=present.pk).update(
                **{name: new for name, (_old, new) in changes.items()}
            )
            record(CONTACTS, contract=present.contract, obj=present, changes=changes, actor=actor)
    except IntegrityError:
        raise _taken() from None
    return True


def _current(referent: Referent) -> Referent:
    """The referent held against other changes, if the task has not ended."""
    found = (
        Referent.objects.select_for_update(of=("self",))
        .current()
        .filter(pk=referent.pk)
        .select_related("contract")
        .first()
    )
    if found is None:
        raise NotChanged(_("L'incarico di questo referente è già finito."))
    return found


def _taken() -> NotChanged:
    return NotChanged(_("Un altro referente dello stesso tipo ha già questo numero."))


@transaction.atomic
def move_address(*, contract: Contract, field: str, values: Mapping[str, str], actor=None) -> bool:
    """Where invoices (`invoice_address`) or papers (`papers_address`) go from now on. False when it is the same."""
    contract = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    present = getattr(contract, field)
    changes = {
        name: [getattr(present, name) if present else "", values.get(name, "")] for name in ADDRESS_FIELDS
    }
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return False
    if present is None:
        setattr(contract, field, Address.objects.create(**{n: values.get(n, "") for n in ADDRESS_FIELDS}))
        contract.save(update_fields=[field])
    else:
        Address.objects.filter(pk=present.pk).update(**{name: new for name, (_old, new) in changes.items()})
    Contract.objects.filter(pk=contract.pk).update(data_as_of=clock.now())
    record(MOVED, contract=contract, obj=contract, changes=changes, note=field, actor=actor)
    return True
