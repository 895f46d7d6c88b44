"""Invoices as the operator sends them: one row for each line of an invoice, its head repeated, its rows together.

An invoice goes in whole or not at all: a row that cannot be read, or lines that do not add up to the total, leave
all of it out, and every row of it is told. A row about a known invoice may only say that it was paid, or when it is due.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Invoice, InvoiceLine
from billing.payments import invoices
from billing.traffic.parsing import unpacked
from billing.vat import VatByLine
from lines.models import Line
from portal import identifiers
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.feeds import services as feeds
from portal.contracts.feeds.columns import Column, Unreadable, choices, day, text
from portal.contracts.feeds.models import FeedBatch
from portal.contracts.feeds.reading import Reader, Row
from portal.contracts.feeds.registry import Feed, register
from portal.contracts.feeds.rows import Contracts

CHANGED = action("feeds.invoice.changed", gettext_lazy("Fattura modificata da flusso dati"))
LINES_AT_ONCE = 2_000


def _invoice_number(cell: str) -> str:
    if not re.fullmatch(r"[0-9][A-Z][0-9]{8}", cell.upper(), re.ASCII):
        raise Unreadable(gettext_lazy("scrivi una cifra, una lettera e otto cifre, come 7X00000311."))
    return cell.upper()


def _period(cell: str) -> str:
    if not re.fullmatch(r"[1-6]/20[0-9]{2}", cell, re.ASCII):
        raise Unreadable(gettext_lazy("scrivi un bimestre come 4/2026."))
    return cell


def money(cell: str) -> Decimal:
    """Euro with two decimals; accrediti are negative."""
    if not re.fullmatch(r"-?[0-9]{1,9}([.,][0-9]{1,2})?", cell, re.ASCII):
        raise Unreadable(gettext_lazy("scrivi un importo come 12,50 o -12,50."))
    return Decimal(cell.replace(",", ".")).quantize(Decimal("0.01"))


def _rate(cell: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,2}([.,][0-9]{1,2})?", cell, re.ASCII):
        raise Unreadable(gettext_lazy("scrivi un'aliquota come 22."))
    return Decimal(cell.replace(",", ".")).quantize(Decimal("0.01"))


def _quantity(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", cell, re.ASCII):
        raise Unreadable(gettext_lazy("scrivi un numero intero."))
    return int(cell)


class InvoiceLoading:
    def __init__(self, batch: FeedBatch, file: BinaryIO, step: Callable):
        self.batch, self.file, self.step = batch, file, step
        self.reader = Reader(unpacked(file), InvoiceFeed.columns)
        self.contracts = Contracts()

    def go(self) -> None:
        for number, rows in groupby(self.reader, key=lambda row: row.values.get("fattura")):
            _OneInvoice(self, number, rows).load()
            self.step(self.file.tell() >> 10, self.batch.size >> 10)
        with transaction.atomic():
            feeds.finished(self.batch, state=FeedBatch.State.DONE)


class _Mistaken(Exception):
    """The invoice stays out; `rows` are those that say why."""

    def __init__(self, rows: list[Row]):
        super().__init__()
        self.rows = rows


class _OneInvoice:
    def __init__(self, loading: InvoiceLoading, number: str | None, rows: Iterator[Row]):
        self.batch, self.contracts = loading.batch, loading.contracts
        self.number, self._rows, self.read = number, rows, []

    def load(self) -> None:
        known = Invoice.objects.filter(number=self.number).first() if self.number else None
        try:
            with transaction.atomic():
                changed = self._compare(known) if known else self._create()
                counts = (
                    {"created": len(self.read)}
                    if known is None
                    else {"changed" if changed else "unchanged": len(self.read)}
                )
                feeds.add(self.batch, read=len(self.read), **counts)
        except (_Mistaken, IntegrityError) as mistake:
            self._refuse(mistake.rows if isinstance(mistake, _Mistaken) else [])

    def _each(self) -> Iterator[Row]:
        for row in self._rows:
            self.read.append((row.line, row.raw if len(self.read) < LINES_AT_ONCE else ""))
            if row.error:
                raise _Mistaken([row])
            yield row

    def _wrong(self, row: Row, words: str) -> _Mistaken:
        row.error = words
        return _Mistaken([row])

    # --- A new one -----------------------------------------------------------------------------------------
    def _create(self) -> bool:
        vat, waiting, invoice, first = VatByLine(), [], None, None
        for position, row in enumerate(self._each(), start=1):
            if invoice is None:
                first, invoice = row, self._head(row)
            elif self._told(row) != self._told(first):
                raise self._wrong(row, _("Le righe della stessa fattura non dicono la stessa testata."))
            waiting.append(self._line(invoice, position, row, vat))
            if len(waiting) == LINES_AT_ONCE:
                self._keep(invoice, waiting)
        self._keep(invoice, waiting)
        if vat.net + vat.vat != invoice.total:
            words = {"lines": vat.net + vat.vat, "total": invoice.total}
            raise self._wrong(first, _("Le righe sommano %(lines)s e non il totale %(total)s.") % words)
        Invoice.objects.filter(pk=invoice.pk).update(net=vat.net, vat=vat.vat)
        return False

    @staticmethod
    def _told(row: Row) -> dict:
        return {name: row.values.get(name) for name in HEAD}

    def _head(self, row: Row) -> Invoice:
        values = row.values
        contract = self.contracts.key(values["contratto"])
        if contract is None:
            raise self._wrong(row, _("Il contratto non esiste."))
        if values["scadenza"] < values["emissione"]:
            raise self._wrong(row, _("La scadenza viene prima dell'emissione."))
        bimester, year = values["bimestre"].split("/")
        return Invoice.objects.create(
            number=values["fattura"],
            kind=values["tipo"],
            contract_id=contract,
            billing_period=values["bimestre"],
            period_order=int(year) * 100 + int(bimester),
            issued_on=values["emissione"],
            due_on=values["scadenza"],
            paid_on=values.get("pagata_il"),
            net=values["totale"],
            vat=0,
            total=values["totale"],
            **self._person(row, contract),
        )

    def _person(self, row: Row, contract: int) -> dict:
        if row.values["tipo"] == Invoice.Kind.COMPANY:
            return {}
        line = (
            Line.objects.filter(contract=contract, number=row.values.get("utenza", ""))
            .order_by("-pk")
            .first()
        )
        if line is None:
            raise self._wrong(
                row, _("Una fattura personale vuole l'utenza, e deve essere una linea del contratto.")
            )
        if not row.values.get("codice_fiscale"):
            raise self._wrong(row, _("Una fattura personale vuole il codice fiscale."))
        return {"line": line, "tax_code": row.values["codice_fiscale"]}

    @staticmethod
    def _line(invoice: Invoice, position: int, row: Row, vat: VatByLine) -> InvoiceLine:
        values = row.values
        return InvoiceLine(
            invoice=invoice,
            position=position,
            number=values.get("numero", ""),
            service=values["servizio"],
            description=values["descrizione"],
            quantity=values.get("quantita", 1),
            net=values["imponibile"],
            vat_rate=values["aliquota"],
            vat=vat.add(values["imponibile"], values["aliquota"], values.get("iva")),
        )

    @staticmethod
    def _keep(invoice: Invoice | None, waiting: list[InvoiceLine]) -> None:
        """With the line each number is, where it is one of the contract."""
        if invoice is None:
            return
        numbers = {one.number for one in waiting if one.number}
        lines = Line.objects.filter(contract=invoice.contract_id, number__in=numbers).order_by("pk")
        known = dict(lines.values_list("number", "pk"))
        for one in waiting:
            one.line_id = known.get(one.number)
        InvoiceLine.objects.bulk_create(waiting)
        waiting.clear()

    # --- A known one ---------------------------------------------------------------------------------------
    def _compare(self, known: Invoice) -> bool:
        first = None
        for row in self._each():
            first = first or row
        values = first.values
        if self.contracts.key(values["contratto"]) != known.contract_id or values["totale"] != known.total:
            raise self._wrong(first, _("La fattura c'è già, con un altro contratto o un altro totale."))
        paid_on = values.get("pagata_il", known.paid_on)
        if paid_on is None and known.paid_on and invoices.was_paid_here(known):
            paid_on = known.paid_on  # paid by card on the portal, which the operator has not booked yet
        new = {"due_on": values["scadenza"], "paid_on": paid_on}
        changes = {
            name: [getattr(known, name), value]
            for name, value in new.items()
            if getattr(known, name) != value
        }
        if changes:
            Invoice.objects.filter(pk=known.pk).update(**new)
            record(CHANGED, obj=known, contract_number=values["contratto"], changes=changes)
        return bool(changes)

    # --- One that stays out --------------------------------------------------------------------------------
    @transaction.atomic
    def _refuse(self, told: list[Row]) -> None:
        """All its rows are rejected: those that say why, and the others because of them."""
        reasons = {row.line: row for row in told}
        others = (
            _("La fattura resta fuori per un'altra sua riga.")
            if told
            else _("La fattura contraddice i dati.")
        )
        for row in self._rows:
            self.read.append((row.line, row.raw if len(self.read) < LINES_AT_ONCE else ""))
            if row.error:
                reasons[row.line] = row
        rows = [reasons.get(line) or Row(line, raw, error=others) for line, raw in self.read]
        for start in range(0, len(rows), LINES_AT_ONCE):
            feeds.keep_rejects(self.batch, rows[start : start + LINES_AT_ONCE])
        feeds.add(self.batch, read=len(rows), rejected=len(rows))


HEAD = (
    "fattura", "tipo", "contratto", "bimestre", "emissione", "scadenza", "pagata_il", "totale", "utenza", "codice_fiscale",
)  # fmt: skip


@register
class InvoiceFeed(Feed):
    kind, label, order = "invoices", gettext_lazy("Fatture"), 120
    columns = (
        Column("fattura", _invoice_number, needed=True),
        Column("tipo", choices(Invoice.Kind), needed=True),
        Column("contratto", identifiers.contract, needed=True),
        Column("bimestre", _period, needed=True),
        Column("emissione", day, needed=True),
        Column("scadenza", day, needed=True),
        Column("pagata_il", day, blank=None),
        Column("totale", money, needed=True),
        Column("utenza", identifiers.mobile),
        Column("codice_fiscale", identifiers.person_tax_code),
        Column("numero", identifiers.mobile),
        Column("servizio", choices(InvoiceLine.Service), needed=True),
        Column("descrizione", text(120), needed=True),
        Column("quantita", _quantity, blank=1),
        Column("imponibile", money, needed=True),
        Column("aliquota", _rate, needed=True),
        Column("iva", money, blank=None),
    )
    whole_file = InvoiceLoading
