"""Fatture aziendali (7.4.1)."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.urls import reverse
from pypdf import PdfReader

from tests.billing.samples import make_invoice

PAGE = reverse("billing:invoices")


@pytest.fixture
def invoices(world):
    return {
        "recent": make_invoice(world.a1, "7X00000001", billing_period="6/2026", period_order=202606),
        "paid": make_invoice(
            world.a1,
            "7X00000002",
            billing_period="5/2026",
            issued=date(2026, 8, 10),
            paid_on=date(2026, 9, 1),
        ),
        "overdue": make_invoice(
            world.a1, "7X00000003", billing_period="4/2026", period_order=202604, issued=date(2026, 6, 10)
        ),
        "old": make_invoice(world.a1, "7X00000004", issued=date(2025, 11, 19)),
        "foreign": make_invoice(world.b1, "7X00000005"),
    }


def numbers(response) -> list[str]:
    text = response.content.decode()
    return [
        number for number in sorted({f"7X0000000{n}" for n in range(1, 6)}, key=text.find) if number in text
    ]


@pytest.mark.accepts("A-7.4.1-1")
def test_twelve_months_with_three_filters_and_a_way_back(enter, world, invoices):
    client = enter(world.roa)

    assert numbers(client.get(PAGE)) == ["7X00000001", "7X00000002", "7X00000003"]
    assert numbers(client.get(PAGE, {"fattura": "7X00000002"})) == ["7X00000002"]
    assert numbers(client.get(PAGE, {"bimestre": "4/2026"})) == ["7X00000003"]
    for state, number in (("unpaid", "7X00000001"), ("paid", "7X00000002"), ("overdue", "7X00000003")):
        assert numbers(client.get(PAGE, {"pagamento": state})) == [number]
    page = client.get(PAGE, {"pagamento": "paid"}).content.decode()
    assert "CERCA" in page and "RESETTA" in page
    assert "Tot. fatture" in client.get(PAGE).content.decode()


def test_columns_stand_in_the_order_of_the_guide_and_six_of_them_sort(enter, world, invoices):
    client = enter(world.ebill)
    page = client.get(PAGE).content.decode()
    titles = ["N° Fattura", "Bimestre", "Pagamento", "Importo", "Emissione", "Scadenza"]
    head = page[page.index("<thead") : page.index("</thead")]
    places = [head.index(title) for title in titles]

    assert places == sorted(places)
    by_period = numbers(client.get(PAGE, {"sort": "billing_period"}))
    assert set(by_period) == {"7X00000001", "7X00000002", "7X00000003"}
    assert "Scaduta" in page and "Pagata" in page and "Scoperta" in page
    assert "12,20" in page


def test_the_pdf_is_made_here_or_is_the_one_that_came(enter, world, invoices, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = enter(world.roa)
    address = reverse("billing:invoice-pdf", args=(invoices["recent"].pk,))
    made = client.get(address)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made.getvalue())).pages)

    assert made["Content-Disposition"] == 'attachment; filename="Fattura-7X00000001.pdf"'
    assert "7X00000001" in text and "12,20 €" in text and "Canone PA 8" in text
    from django.core.files.base import ContentFile

    invoices["recent"].pdf.save("x.pdf", ContentFile(b"%PDF-1.4 of the operator"))
    assert client.get(address).getvalue() == b"%PDF-1.4 of the operator"


def test_the_flat_file_has_a_row_for_each_line(enter, world, invoices):
    answer = enter(world.roa).get(reverse("billing:invoice-flat", args=(invoices["recent"].pk,)))
    rows = answer.getvalue().decode("utf-8-sig").splitlines()

    assert rows[0].startswith("fattura;tipo;contratto;bimestre;")
    assert len(rows) == 2
    assert rows[1].startswith("7X00000001;Aziendale;888010088938;6/2026;")
    assert rows[1].endswith(";10,00;22,00;2,20;12,20")


@pytest.mark.accepts("A-7.4.1-3")
def test_only_the_roa_and_the_ebill_referent_enter(enter, world, invoices):
    answers = {
        name: enter(getattr(world, name)).get(PAGE).status_code
        for name in ("roa", "ebill", "traffic", "messaging", "employee", "employee_prepaid")
    }

    assert answers == {"roa": 200, "ebill": 200} | dict.fromkeys(
        ("traffic", "messaging", "employee", "employee_prepaid"), 403
    )


@pytest.mark.parametrize("which", ["old", "foreign"])
def test_what_is_not_on_the_list_cannot_be_downloaded(enter, world, invoices, which):
    client = enter(world.roa)
    for name in ("invoice-pdf", "invoice-flat"):
        assert client.get(reverse(f"billing:{name}", args=(invoices[which].pk,))).status_code == 404
