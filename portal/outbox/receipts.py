"""What gateways report of the pieces of a message, in whatever order it comes, and however often."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from portal import clock
from portal.outbox.models import Message, Part


@transaction.atomic
def record_receipt(*, reference: str, delivered: bool, error: str = "") -> bool:
    """Note a final outcome. The first one counts; repeated ones change nothing and give False."""
    part, _new = Part.objects.select_for_update().get_or_create(reference=reference)
    if part.outcome:
        return False
    part.outcome = Part.Outcome.DELIVERED if delivered else Part.Outcome.FAILED
    part.error, part.at = error[:300], clock.now()
    part.save()
    if part.message_id:
        _conclude(part.message_id)
    return True


def attach_parts(message: Message, references: str | Iterable[str]) -> None:
    """The gateway has taken the message under these names. Some receipts may be here already."""
    names = [references] if isinstance(references, str) else list(references or ())
    for name in filter(None, names):
        part, new = Part.objects.select_for_update().get_or_create(
            reference=name[:120], defaults={"message": message}
        )
        if not new:
            if part.message_id not in (None, message.pk):  # a gateway that counts in circles
                part.outcome, part.error = Part.Outcome.WAITING, ""
            part.message = message
            part.save()
    if names:
        _conclude(message.pk)


def _conclude(message_id: int) -> None:
    """Delivered when every piece is; failed when one is."""
    outcomes = dict(Part.objects.filter(message=message_id).values_list("outcome", "error"))
    sent = Message.objects.filter(pk=message_id, state=Message.State.SENT)
    if Part.Outcome.FAILED in outcomes:
        sent.update(state=Message.State.FAILED, error=outcomes[Part.Outcome.FAILED])
    elif outcomes and set(outcomes) == {Part.Outcome.DELIVERED}:
        sent.update(state=Message.State.DELIVERED, delivered_at=clock.now())
