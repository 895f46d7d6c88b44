"""Service SMS that the employees of the demo received in the last months, as the portal would have sent them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings

from portal import clock
from portal.demo.people import PEOPLE
from portal.outbox.models import Message
from portal.outbox.services import message_id

# (days ago, kind, words)
EVERYBODY = (
    (3, "threshold-alert", "La tua linea ha raggiunto l'80% della soglia di spesa del mese."),
    (12, "offer-active", "Super Internet Mobile LTE VOLTE è attiva sulla tua linea."),
    (41, "request-closed", "La richiesta di cambio SIM fatta per la tua linea è stata completata."),
    (
        77,
        "notice",
        "Nella notte tra sabato e domenica la rete resterà ferma per manutenzione dalle 2 alle 4.",
    ),
    (118, "threshold-alert", "La tua linea ha raggiunto il 100% della soglia di spesa del mese."),
    (160, "offer-active", "Il tuo nuovo profilo tariffario è attivo."),
)
PREPAID = (
    (6, "topup-done", "Il tuo ente ha ricaricato il credito aziendale della tua linea di 22,00 €."),
    (36, "topup-done", "Il tuo ente ha ricaricato il credito aziendale della tua linea di 22,00 €."),
    (52, "topup-done", "Ricarica personale di 20,00 € eseguita."),
)
ABROAD = ((24, "notice", "Benvenuto all'estero: fuori dall'Unione europea il traffico si paga a consumo."),)


def make() -> None:
    """Safe to run twice: the key of each message is its own."""
    Message.objects.bulk_create(_messages(), ignore_conflicts=True)


def _messages():
    for one in PEOPLE:
        if not one.line:
            continue
        told = EVERYBODY + (PREPAID if one.line == "prepaid" else ()) + (ABROAD if one.dual_billing else ())
        for days, kind, words in told:
            yield _message(one.mobile_number, days, kind, words)


def _message(number: str, days: int, kind: str, words: str) -> Message:
    sent = datetime.combine(clock.today() - timedelta(days=days), time(9, 14 + days % 40), clock.ROME)
    key = f"demo:{number}:{kind}:{days}"
    return Message(
        channel=Message.Channel.SMS,
        kind=kind,
        key=key,
        message_id=message_id(key),
        sender=settings.OUTBOX["sms"]["sender"],
        recipient=number,
        text=words,
        state=Message.State.DELIVERED,
        attempts=1,
        send_after=sent,
        created_at=sent,
        sent_at=sent,
        delivered_at=sent + timedelta(seconds=9),
    )
