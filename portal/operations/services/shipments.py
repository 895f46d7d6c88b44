"""Parcels of a request: made by the desk, followed by the customer."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.audit.actions import action
from portal.audit.services import difference, record
from portal.operations.models import ServiceRequest, Shipment, StateChange
from portal.operations.services import moves

PREPARED = action("operations.shipment.prepared", gettext_lazy("Spedizione preparata"))
CHANGED = action("operations.shipment.changed", gettext_lazy("Spedizione aggiornata"))


class Refused(Exception):
    """The parcel cannot go where it was told to, for a reason a person can read."""


@transaction.atomic
def prepare(*, request: ServiceRequest, contents: str, recipient: str, address: str, actor=None) -> Shipment:
    shipment = Shipment.objects.create(
        request=request, contents=contents, recipient=recipient, address=address
    )
    StateChange.objects.create(
        request=request, about=StateChange.About.SHIPMENT, to_state=shipment.state, actor=actor
    )
    record(PREPARED, contract=request.contract, obj=request, actor=actor, note=contents)
    return shipment


@transaction.atomic
def update(
    *, shipment: Shipment, to_state: str, carrier: str, tracking_code: str, note: str = "", actor=None
) -> bool:
    """Carrier, code and state together. A parcel that leaves has both. False when nothing is new."""
    found = Shipment.objects.select_for_update().get(pk=shipment.pk)
    if to_state != Shipment.State.PREPARING and not (carrier and tracking_code):
        raise Refused(_("Scrivi corriere e codice di tracciatura prima di spedire."))
    values = {"carrier": carrier, "tracking_code": tracking_code}
    changes = difference(found, {**values, "state": to_state})
    if not changes:
        return False
    now = clock.now()
    if found.state == to_state:
        Shipment.objects.filter(pk=found.pk).update(**values, changed_at=now)
    else:
        try:
            moves.move(found, to_state, note=note, changed_at=now, **values)
        except moves.IllegalMove:
            words = _("Una spedizione «%(state)s» non può passare a questo stato.")
            raise Refused(words % {"state": found.get_state_display()}) from None
    request = found.request
    record(CHANGED, contract=request.contract, obj=request, changes=changes, actor=actor)
    return True
