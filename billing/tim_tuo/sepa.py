"""Collecting personal invoices from bank accounts: batches of direct debits, and their pain.008 file (SEPA Core).

The file holds whole IBANs, so it is made when staff download it and never kept; each download is in the register.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as xml

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from billing.models import Arrangement, Debit, DebitBatch, Invoice, PayBy, Payment
from billing.sealing import unseal
from billing.tim_tuo import services
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record

PREPARED = action("billing.sepa.prepared", _("Disposizione di addebiti SEPA preparata"))
DOWNLOADED = action("billing.sepa.downloaded", _("File degli addebiti SEPA scaricato"))
RETURNED = action("billing.sepa.returned", _("Addebito SEPA respinto"))

SCHEMA = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.02"
FIRST, RECURRENT = "FRST", "RCUR"
UNSETTLED = (Payment.State.CREATED, Payment.State.WAITING, Payment.State.REVIEW)


class NothingToCollect(Exception):
    """No open invoice has a mandate."""


# --- What is to be collected ------------------------------------------------------------------------------------------
def to_collect():
    """Open invoices whose person pays by bank, each with the mandate that holds; never a former person's."""
    mandates = {
        (one.account.dual_billing.line_id, one.account.dual_billing.tax_code): one
        for one in Arrangement.objects.in_force()
        .filter(pay_by=PayBy.BANK)
        .exclude(account__dual_billing__state="ceased")
        .select_related("account__dual_billing")
    }
    open_ones = Invoice.objects.filter(kind=Invoice.Kind.PERSONAL, paid_on=None, total__gt=0)
    lines = {line for line, _code in mandates}
    # Not what is in a batch already, nor what somebody is paying by card, or paid in a way staff look at.
    taken = Exists(Debit.objects.filter(invoice=OuterRef("pk"), state=Debit.State.SENT))
    paying = Exists(Payment.objects.filter(invoice=OuterRef("pk"), state__in=UNSETTLED))
    for invoice in open_ones.filter(line__in=lines).exclude(taken).exclude(paying).order_by("pk"):
        mandate = mandates.get((invoice.line_id, invoice.tax_code))
        if mandate is not None:
            yield invoice, mandate


def _held(pairs):
    """Their rows held, in order, and looked at again: nobody begins to pay meanwhile what goes to the bank."""
    keys = [invoice.pk for invoice, _mandate in pairs]
    list(Invoice.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    return [(invoice, mandate) for invoice, mandate in to_collect() if invoice.pk in set(keys)]


@transaction.atomic
def prepare(*, collect_on: date, actor=None) -> DebitBatch:
    """One batch of all there is to collect. An invoice is in one batch, also if two people press at once."""
    batch = DebitBatch.objects.create(
        message_id=f"TIMTUO-{clock.today():%Y%m%d}-{secrets.token_hex(4).upper()}", collect_on=collect_on
    )
    used: set[int] = set()
    debits = []
    for invoice, mandate in _held(to_collect()):
        first = not mandate.used and mandate.pk not in used
        used.add(mandate.pk)
        debits.append(
            Debit(batch=batch, invoice=invoice, arrangement=mandate, amount=invoice.total, is_first=first)
        )
    if not debits:
        raise NothingToCollect
    Debit.objects.bulk_create(debits)
    Arrangement.objects.filter(pk__in=used).update(used=True)
    record(PREPARED, obj=batch, actor=actor, note=str(len(debits)))
    return batch


@transaction.atomic
def give_back(debit: Debit, *, reason: str, actor=None) -> bool:
    """The bank did not pay: the invoice is open again, and the person pays by slip from now on."""
    sent = Debit.objects.filter(pk=debit.pk, state=Debit.State.SENT)
    if not sent.update(state=Debit.State.REJECTED, reason=reason[:140]):
        return False
    record(RETURNED, obj=debit, actor=actor, note=reason)
    services.reject(debit.arrangement, reason=reason, actor=actor)
    return True


# --- The file ---------------------------------------------------------------------------------------------------------
def download(batch: DebitBatch, *, actor) -> bytes:
    record(DOWNLOADED, obj=batch, actor=actor)
    return pain008(batch)


def pain008(batch: DebitBatch) -> bytes:
    debits = list(batch.debits.select_related("invoice", "arrangement__account__dual_billing"))
    document = xml.Element("Document", xmlns=SCHEMA)
    root = _under(document, "CstmrDrctDbtInitn")
    _head(root, batch, debits)
    for sequence in (FIRST, RECURRENT):
        part = [debit for debit in debits if debit.is_first == (sequence == FIRST)]
        if part:
            _payment(root, batch, sequence, part)
    xml.indent(document)
    return xml.tostring(document, encoding="utf-8", xml_declaration=True)


def _head(root, batch: DebitBatch, debits: list[Debit]) -> None:
    head = _under(root, "GrpHdr")
    _under(head, "MsgId", batch.message_id)
    _under(head, "CreDtTm", f"{clock.rome(batch.created_at):%Y-%m-%dT%H:%M:%S}")
    _under(head, "NbOfTxs", str(len(debits)))
    _under(head, "CtrlSum", _sum(debits))
    _under(_under(head, "InitgPty"), "Nm", _latin(settings.CREDITOR["name"]))


def _payment(root, batch: DebitBatch, sequence: str, debits: list[Debit]) -> None:
    creditor = settings.CREDITOR
    info = _under(root, "PmtInf")
    _under(info, "PmtInfId", f"{batch.message_id}-{sequence}"[:35])
    _under(info, "PmtMtd", "DD")
    _under(info, "NbOfTxs", str(len(debits)))
    _under(info, "CtrlSum", _sum(debits))
    kind = _under(info, "PmtTpInf")
    _under(_under(kind, "SvcLvl"), "Cd", "SEPA")
    _under(_under(kind, "LclInstrm"), "Cd", "CORE")
    _under(kind, "SeqTp", sequence)
    _under(info, "ReqdColltnDt", f"{batch.collect_on:%Y-%m-%d}")
    _under(_under(info, "Cdtr"), "Nm", _latin(creditor["name"]))
    _under(_under(_under(info, "CdtrAcct"), "Id"), "IBAN", creditor["iban"])
    _under(_under(_under(_under(info, "CdtrAgt"), "FinInstnId"), "Othr"), "Id", "NOTPROVIDED")
    _under(info, "ChrgBr", "SLEV")
    other = _under(_under(_under(_under(info, "CdtrSchmeId"), "Id"), "PrvtId"), "Othr")
    _under(other, "Id", creditor["id"])
    _under(_under(other, "SchmeNm"), "Prtry", "SEPA")
    for debit in debits:
        _transaction(info, debit)


def _transaction(info, debit: Debit) -> None:
    arrangement, bank = debit.arrangement, unseal(debit.arrangement.bank)
    one = _under(info, "DrctDbtTxInf")
    _under(_under(one, "PmtId"), "EndToEndId", debit.invoice.number)
    _under(one, "InstdAmt", f"{debit.amount:.2f}", Ccy="EUR")
    mandate = _under(_under(one, "DrctDbtTx"), "MndtRltdInf")
    _under(mandate, "MndtId", arrangement.mandate)
    _under(mandate, "DtOfSgntr", f"{arrangement.signed_on:%Y-%m-%d}")
    _under(_under(_under(_under(one, "DbtrAgt"), "FinInstnId"), "Othr"), "Id", "NOTPROVIDED")
    name = f"{bank.get('holder_first_name', '')} {bank.get('holder_last_name', '')}".strip()
    _under(_under(one, "Dbtr"), "Nm", _latin(name))
    _under(_under(_under(one, "DbtrAcct"), "Id"), "IBAN", bank["iban"])
    _under(_under(one, "RmtInf"), "Ustrd", f"Fattura {debit.invoice.number}")


def _under(parent, tag: str, text: str = "", **attributes):
    made = xml.SubElement(parent, tag, attributes)
    made.text = text or None
    return made


def _sum(debits: list[Debit]) -> str:
    return f"{sum((debit.amount for debit in debits), Decimal(0)):.2f}"


ALLOWED = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")


def _latin(text: str) -> str:
    """The characters banks agreed on, at most 70; accents are taken off their letters."""
    plain = unicodedata.normalize("NFKD", text)
    kept = (char if char in ALLOWED else " " for char in plain if not unicodedata.combining(char))
    return " ".join("".join(kept).split())[:70]
