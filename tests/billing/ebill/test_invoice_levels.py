"""An invoice in eBill: from the eye of the list down to its items, every level with its file (B-04)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.models import Invoice, InvoiceLine
from lines.models import DualBilling
from tests.billing.samples import make_invoice


def filled(contract, number, issued, *items, period="6/2026", order=202606, **values):
    """An invoice with these items: (line, service, description, net, vat)."""
    net, vat = (sum((Decimal(item[place]) for item in items), Decimal(0)) for place in (3, 4))
    made = make_invoice(
        contract, number, issued=issued, net=net, vat=vat, total=net + vat, billing_period=period,
        period_order=order, **values,
    )  # fmt: skip
    InvoiceLine.objects.filter(invoice=made).delete()
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=made, position=place, line=line, number=line.number if line else "", service=service,
            description=words, net=Decimal(net), vat=Decimal(vat), vat_rate=22,
        )
        for place, (line, service, words, net, vat) in enumerate(items, 1)
    )  # fmt: skip
    return made


@pytest.fixture
def invoices(world):
    one, two = world.line_postpaid, world.line_both
    old = [
        filled(world.a1, f"7X0000010{n}", date(2026, month, 10), (one, "fee", "Canone", "20.00", "4.40"),
               period=f"{n}/2026", order=202600 + n)
        for n, month in ((3, 4), (4, 6), (5, 8))
    ]  # fmt: skip
    this = filled(
        world.a1, "7X00000106", date(2026, 10, 10),
        (one, "fee", "Canone", "20.00", "4.40"), (one, "traffic", "Voce", "3.33", "0.73"),
        (one, "traffic", "Roaming", "1.11", "0.25"), (two, "fee", "Canone", "10.01", "2.20"),
        (None, "credit", "Storno", "-2.50", "-0.55"),
    )  # fmt: skip
    return this, old


def rows_of(answer) -> list[list[str]]:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return [row.split(";") for row in content.decode("utf-8-sig").splitlines()]


def amount(text: str) -> Decimal:
    return Decimal(text.lstrip("'").replace(",", "."))


@pytest.mark.accepts("A-7.4.1-2")
def test_columns_pdf_and_an_eye_that_opens_ebill_on_that_invoice(world, enter, invoices):
    this, _old = invoices
    client = enter(world.ebill)
    page = client.get(reverse("billing:invoices")).content.decode()
    head = page[page.index("<thead") : page.index("</thead")]
    titles = ["N° Fattura", "Bimestre", "Pagamento", "Importo", "Emissione", "Scadenza", "PDF", "eBill"]
    places = [head.index(f">{title}") for title in titles[:1]] + [head.index(title) for title in titles[1:]]
    assert places == sorted(places)
    pdf, eye = (reverse(f"billing:{name}", args=[this.pk]) for name in ("invoice-pdf", "ebill-invoice"))

    assert f'href="{pdf}"' in page and f'href="{eye}"' in page
    assert f"Apri in eBill la fattura {this.number}" in page
    assert b"".join(client.get(pdf).streaming_content).startswith(b"%PDF-")
    opened = client.get(eye).content.decode()
    assert this.number in opened and "38,98" in opened  # net 31.95 and tax 7.03
    assert "Traffico per tipo" in opened and "Roaming" in opened


@pytest.mark.accepts("A-B04-1")
def test_an_invoice_opens_to_its_lines_and_every_level_adds_up_to_the_total(world, enter, invoices):
    this, _old = invoices
    client = enter(world.roa)
    sums = {}
    for level in ("ebill-numbers", "ebill-services", "ebill-items"):
        url = reverse(f"billing:{level}", args=[this.pk])
        page = client.get(url).content.decode()
        assert "Riepilogo" in page and "Tutte le voci" in page
        rows = rows_of(client.post(url, {"list": "list", "export": "csv:all"}))
        place = next(n for n, name in enumerate(rows[0]) if name.startswith("Totale"))
        sums[level] = (len(rows) - 1, sum(amount(row[place]) for row in rows[1:]))
    assert sums == {
        "ebill-numbers": (3, this.total), "ebill-services": (4, this.total), "ebill-items": (5, this.total),
    }  # fmt: skip
    by_centre = rows_of(client.get(reverse("billing:ebill-centres-file", args=[this.pk, "csv"])))
    assert sum(amount(row[-1]) for row in by_centre[1:]) == this.total
    assert client.get(reverse("billing:ebill-invoice-centres", args=[this.pk])).status_code == 200

    items = client.get(reverse("billing:ebill-items", args=[this.pk]), {"linea": world.line_postpaid.number})
    assert "Tot. voci 3" in items.content.decode()
    page = client.get(reverse("billing:ebill-invoice", args=[this.pk])).content.decode()
    assert "la somma è il totale, al centesimo" in page
    assert "L&#x27;imponibile è più alto di 11,95 € rispetto al bimestre 5/2026." in page
    assert all(f"{n}/2026" in page for n in (3, 4, 5)), "the three before it"


def test_an_invoice_that_does_not_add_up_says_so(world, enter, invoices):
    this, _old = invoices
    InvoiceLine.objects.filter(invoice=this, service="credit").delete()

    page = enter(world.roa).get(reverse("billing:ebill-invoice", args=[this.pk])).content.decode()
    assert "non fanno il totale della fattura" in page


def test_personal_invoices_are_their_owner_s_and_nobody_else_s(world, enter, invoices):
    DualBilling.objects.create(
        contract=world.a1, line=world.line_postpaid, number=world.line_postpaid.number, billing_type="postpaid",
        tax_code=world.employee.tax_code, activated_on=date(2026, 1, 1),
    )  # fmt: skip
    own = filled(
        world.a1, "7P00000106", date(2026, 10, 10), (world.line_postpaid, "option", "TIM TUO", "10.00", "2.20"),
        kind="personal", line=world.line_postpaid, tax_code=world.employee.tax_code,
    )  # fmt: skip
    address = reverse("billing:ebill-own-invoice", args=[own.pk])

    assert "TIM TUO" in enter(world.employee).get(address).content.decode()
    for person in (world.roa, world.ebill, world.traffic):
        assert enter(person).get(address).status_code in (403, 404)
    for name in ("ebill-invoice", "ebill-numbers", "ebill-items"):
        assert enter(world.roa).get(reverse(f"billing:{name}", args=[own.pk])).status_code == 404
    assert own.number not in enter(world.roa).get(reverse("site:search"), {"q": "7P000"}).content.decode()
    found = enter(world.roa).get(reverse("site:search"), {"q": "00000106"}).content.decode()
    assert reverse("billing:ebill-invoice", args=[invoices[0].pk]) in found


def test_invoices_older_than_twelve_months_are_compared_with_and_not_opened(world, enter):
    old = filled(
        world.a1, "7X00000101", date(2025, 11, 10), (world.line_both, "fee", "Canone", "10.00", "2.20")
    )

    assert enter(world.roa).get(reverse("billing:ebill-invoice", args=[old.pk])).status_code == 404
    assert list(Invoice.objects.before(make_invoice(world.a1, "7X00000102"))) == [old]
