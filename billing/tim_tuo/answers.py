"""What follows from the bank's answers (pain.002): rejected debits fall back to the slip, accepted mandates are in force.

A file is read twice: once whole, so that one that breaks off halfway changes nothing, then answer by answer, each in a
transaction of its own. An answer that was taken before changes nothing, so a file may be sent as often as one likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models import Debit, DebitBatch
from billing.tim_tuo import pain002, sepa, services
from billing.tim_tuo.pain002 import Answer
from portal.audit.actions import action
from portal.audit.services import record

ANSWERED = action("billing.sepa.answered", _("Esiti degli addebiti SEPA caricati"))


class Became(models.TextChoices):
    """What became of one answer."""

    REJECTED = "rejected", _("Respinto: la fattura è di nuovo aperta e si paga con bollettino")
    ACCEPTED = "accepted", _("Accettato: la domiciliazione è attiva")
    KNOWN = "known", _("Già registrato: non cambia nulla")
    WAITING = "waiting", _("La banca non ha ancora deciso")
    LATE = "late", _("Accettato, ma risulta già respinto: da verificare con la banca")
    WHOLE = (
        "whole",
        _("La banca ha respinto l'intera disposizione: correggila e rimandala, nessun addebito è cambiato"),
    )
    AMOUNT = "amount", _("L'importo non corrisponde: non registrato")
    NO_BATCH = "no-batch", _("Disposizione sconosciuta")
    NO_DEBIT = "no-debit", _("Addebito sconosciuto in questa disposizione")


TO_LOOK_AT = frozenset({Became.LATE, Became.WHOLE, Became.AMOUNT, Became.NO_BATCH, Became.NO_DEBIT})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    position: int
    answer: Answer
    became: Became

    @property
    def words(self):
        return self.became.label

    @property
    def is_to_look_at(self) -> bool:
        return self.became in TO_LOOK_AT


def take(file: BinaryIO, *, actor=None, name: str = "") -> Iterator[Row]:
    """Every answer of the file and what became of it. Raises `pain002.BadFile` before anything has changed."""
    count = sum(1 for _answer in pain002.read(file))
    file.seek(0)
    return _rows(file, count, actor, name)


def _rows(file: BinaryIO, count: int, actor, name: str) -> Iterator[Row]:
    record(ANSWERED, actor=actor, note=f"{name} {count}".strip())
    for position, answer in enumerate(pain002.read(file), start=1):
        yield Row(position, answer, _became(answer, actor))


def _became(answer: Answer, actor) -> Became:
    batch = DebitBatch.objects.filter(message_id=answer.message).first() if answer.message else None
    if batch is None:
        return Became.NO_BATCH
    if not answer.end_to_end:
        return Became.WHOLE
    debit = (
        batch.debits.filter(invoice__number=answer.end_to_end)
        .select_related("invoice", "arrangement__account__dual_billing")
        .first()
    )
    if debit is None:
        return Became.NO_DEBIT
    if answer.amount is not None and answer.amount != debit.amount:
        return Became.AMOUNT
    if answer.status == pain002.REJECTED:
        given_back = sepa.give_back(debit, reason=answer.reason or answer.status, actor=actor)
        return Became.REJECTED if given_back else Became.KNOWN
    if answer.status not in pain002.ACCEPTED:
        return Became.WAITING
    if debit.state == Debit.State.REJECTED:
        return Became.LATE
    confirmed = services.confirm(debit.arrangement, actor=actor)
    return Became.ACCEPTED if confirmed else Became.KNOWN
