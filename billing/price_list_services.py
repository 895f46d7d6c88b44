"""Staff load the price list; everybody downloads the one in force."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import PriceList
from portal.audit import staff
from portal.audit.actions import action

_CREATED = action("billing.price_list.created", _("Listino caricato"))
_CHANGED = action("billing.price_list.changed", _("Listino modificato"))
_REMOVED = action("billing.price_list.removed", _("Listino eliminato"))


class NotAPdf(ValueError):
    """The file does not begin as a PDF does, whatever its name says."""

    def __str__(self):
        return str(_("Il file non è un PDF: caricane uno salvato in questo formato."))


def require_pdf(file) -> None:
    file.seek(0)
    start = file.read(5)
    file.seek(0)
    if start != b"%PDF-":
        raise NotAPdf


@transaction.atomic
def save_price_list(*, price_list: PriceList, actor=None) -> dict[str, list]:
    if not price_list.file._committed:
        require_pdf(price_list.file.file)
    return staff.save(price_list, created=_CREATED, changed=_CHANGED, actor=actor)


@transaction.atomic
def remove_price_list(*, price_list: PriceList, actor=None) -> None:
    """The row goes, and the file once nobody can need it any more."""
    file = price_list.file
    staff.remove(price_list, removed=_REMOVED, actor=actor)
    transaction.on_commit(lambda: file.storage.delete(file.name))


def in_force(agreement_number: int) -> PriceList | None:
    return PriceList.objects.in_force().filter(agreement__number=agreement_number).first()
