"""Invoices go in whole and exact, or stay out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from billing.models import Invoice, InvoiceLine
from billing.querysets import COMPANY_MONTHS
from portal.contracts.access import Access
from tests.billing.conftest import counts, reasons

HEADER = (
    "fattura;tipo;contratto;bimestre;emissione;scadenza;pagata_il;totale;utenza;codice_fiscale;"
    "numero;servizio;descrizione;quantita;imponibile;aliquota;iva"
)
A1, B1 = "888010088938", "888012234558"


def row(
    number="7X00000311", *, total="36,60", net="10,00", rate="22", vat="", paid="", contract=A1, **values
) -> str:
    values = {
        "kind": "Aziendale", "period": "4/2026", "issued": "10/08/2026", "due": "30/09/2026", "user": "", "code": "",
        "line": "3312547228", "service": "Canoni", "words": "Canone PA 8",
    } | values  # fmt: skip
    return (
        f"{number};{values['kind']};{contract};{values['period']};{values['issued']};{values['due']};{paid};{total};"
        f"{values['user']};{values['code']};{values['line']};{values['service']};{values['words']};1;{net};{rate};{vat}"
    )


@pytest.fixture
def send(load):
    return lambda *rows: load("invoices", *rows, header=HEADER)


def test_an_invoice_is_kept_with_its_lines_and_their_tax(send, world):
    batch = send(row(), row(net="20,00", line="3312544025", service="Traffico"))

    invoice = Invoice.objects.get()
    assert counts(batch) == (2, 2, 0, 0)
    assert (invoice.contract, invoice.billing_period, invoice.period_order) == (world.a1, "4/2026", 202604)
    assert (invoice.net, invoice.vat, invoice.total) == (Decimal("30.00"), Decimal("6.60"), Decimal("36.60"))
    assert list(invoice.lines.values_list("line", "vat")) == [
        (world.line_postpaid.pk, Decimal("2.20")),
        (world.line_prepaid.pk, Decimal("4.40")),
    ]


def test_tax_is_that_of_the_sum_and_not_the_sum_of_rounded_taxes(send):
    assert reasons(send(*[row(net="0,02", total="0,24") for _line in range(10)])) == {}

    lines = InvoiceLine.objects.all()
    assert sum(line.vat for line in lines) == Decimal("0.04")  # of 0.20 €; line by line it would be nothing
    assert sum(line.net + line.vat for line in lines) == Invoice.objects.get().total


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ([row(total="36,61"), row(net="20,00", total="36,61")], 2, "sommano 36.60 e non il totale 36.61"),
        ([row(), row(net="dieci")], 3, "«imponibile»"),
        ([row(), row(net="20,00", due="01/10/2026")], 3, "stessa testata"),
        ([row(contract="888999999999", total="12,20")], 2, "contratto non esiste"),
        ([row(due="01/08/2026", total="12,20")], 2, "scadenza"),
        ([row(kind="Personale", total="12,20")], 2, "utenza"),
        ([row(period="7/2026", total="12,20")], 2, "«bimestre»"),
        ([row("X700000311", total="12,20")], 2, "«fattura»"),
    ],
)
def test_one_wrong_row_keeps_the_whole_invoice_out_and_the_others_in(send, rows, line, words):
    good = row("7X00000312", total="12,20")
    batch = send(*rows, good)

    assert Invoice.objects.get().number == "7X00000312"
    assert counts(batch) == (len(rows) + 1, 1, 0, len(rows))
    assert words in reasons(batch)[line]
    assert set(reasons(batch)) == set(range(2, 2 + len(rows)))


def test_a_known_invoice_may_be_paid_and_nothing_else(send):
    send(row(total="12,20"))
    paid = send(row(total="12,20", paid="15/09/2026"))
    same = send(row(total="12,20", paid="15/09/2026"), row("7X00000400", total="12,20"))
    other = send(row(total="24,40", net="20,00"))

    assert (paid.changed, same.unchanged, same.created, other.rejected) == (1, 1, 1, 1)
    invoice = Invoice.objects.get(number="7X00000311")
    assert (invoice.paid_on, invoice.total, invoice.lines.count()) == (date(2026, 9, 15), Decimal("12.20"), 1)


def test_payment_follows_from_the_dates(send):
    send(
        row("7X00000001", total="12,20", paid="15/09/2026"),
        row("7X00000002", total="12,20"),
        row("7X00000003", total="12,20", issued="10/10/2026", due="20/11/2026"),
    )
    found = {one.number[-1]: one for one in Invoice.objects.with_payment()}

    assert {n: (one.payment, str(one.payment_label)) for n, one in found.items()} == {
        "1": ("paid", "Pagata"),
        "2": ("overdue", "Scaduta"),
        "3": ("unpaid", "Scoperta"),
    }
    assert all(one.payment == one.payment_state for one in found.values())


def test_credits_are_negative_lines_and_tax_may_be_given(send):
    send(
        row(net="100,00", vat="22,00", total="109,80"),
        row(net="-10,00", vat="-2,20", service="Accrediti", total="109,80"),
    )

    assert Invoice.objects.get().net == Decimal("90.00")


def test_referents_see_company_invoices_of_their_contract_and_employees_their_own(send, world):
    tax_code = world.employee.tax_code
    personal = {"kind": "Personale", "user": "3312547228", "total": "12,20"}
    send(
        row("7X00000001", total="12,20"),
        row("7X00000002", total="12,20", contract=B1),
        row("7X00000003", code=tax_code, **personal),
        row("7X00000004", code="VRDGPP80A01H501W", **personal),
    )

    def numbers(rows):
        return set(rows.values_list("number", flat=True))

    roa, employee, outsider = (Access.load(user) for user in (world.roa, world.employee, world.outsider))
    assert numbers(Invoice.objects.for_access(roa)) == {"7X00000001"}
    assert numbers(Invoice.objects.for_access(outsider)) == {"7X00000002"}
    assert numbers(Invoice.objects.for_access(employee)) == set()
    assert numbers(Invoice.objects.own(employee)) == {"7X00000003"}
    assert numbers(Invoice.objects.own(roa)) == set()
    assert set(InvoiceLine.objects.for_access(roa).values_list("invoice__number", flat=True)) == {
        "7X00000001"
    }


def test_recent_are_those_of_the_last_twelve_months_newest_first(send):
    days = ("20/11/2025", "19/11/2025", "10/08/2026")
    send(*[row(f"7X0000000{n}", total="12,20", issued=day, due="30/11/2026") for n, day in enumerate(days)])

    found = Invoice.objects.recent().newest_first().values_list("number", flat=True)
    assert list(found) == ["7X00000002", "7X00000000"]
    assert COMPANY_MONTHS == 12


def test_the_database_itself_refuses_a_total_that_is_not_net_and_tax(send):
    send(row(total="12,20"))
    with pytest.raises(IntegrityError):
        Invoice.objects.update(total=Decimal("12.21"))


def test_allowances_of_the_plans_come_as_a_file(load, world):
    from billing.models import Allowance

    header = "profilo;categoria;area;quantita"
    batch = load(
        "allowances",
        "pa-8;Voce;Nazionale e UE;60000",
        "pa-8;Dati;Roaming;0",
        "no;Voce;Roaming;1",
        header=header,
    )

    assert counts(batch) == (3, 1, 0, 2)
    allowance = Allowance.objects.get()
    assert (allowance.plan.name, allowance.get_kind_display(), allowance.quantity) == ("PA 8", "Voce", 60_000)
