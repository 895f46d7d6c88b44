"""What follows from a payment, in the transaction that marks it paid: credit first, then the request that tells of it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing import wallets
from billing.models import Basket, MovementKind, Payment
from portal.identifiers import show_mobile
from portal.money import euro
from portal.operations.declare import Filing, Item, Operation
from portal.operations.services import filing, fulfilment
from portal.outbox.services import send_sms
from portal.words import speaking_to

FROM_THE_WEB = "Ricarica da WEB"


class PersonalTopUp(Operation):
    """«Ricarica manuale web/app»: filed when it is paid, and worked in the same breath."""

    row, kind, title = "33", "personal-top-up", _("Ricarica del credito personale")
    promise = timedelta(hours=1)
    one_at_a_time = False
    personal = True

    def details(self, request):
        return [(_t("N° ordine"), request.values["payment"])]

    def fulfil(self, item):
        credit(Payment.objects.get(reference=item.request.values["payment"]))


def credit(payment: Payment) -> None:
    """The personal credit, and no other; a second time changes nothing."""
    wallets.post(
        wallets.Entry(
            payment.line_id,
            Basket.PERSONAL,
            payment.amount,
            MovementKind.PERSONAL,
            f"payment:{payment.reference}",
            detail=FROM_THE_WEB,
        )
    )


def top_up(payment: Payment) -> None:
    line = payment.line
    credit(payment)
    request = filing.file(
        Filing(PersonalTopUp, [Item(line.pk, line.number, line.number)], {"payment": payment.reference}),
        contract=line.contract,
        filed_by=payment.user,
    )
    fulfilment.begin_work(request)
    for item in request.items.all():
        fulfilment.work_item(item, PersonalTopUp(), fulfilment.DeskFulfiller())
    fulfilment.finish(request)
    with speaking_to(payment.user):
        text = _t("Ricarica di %(amount)s effettuata sul credito personale della linea %(line)s.") % {
            "amount": euro(payment.amount),
            "line": show_mobile(line.number),
        }
    send_sms(
        to=line.number,
        text=text,
        kind="personal-top-up",
        key=f"payment:{payment.reference}",
        user=payment.user,
    )
