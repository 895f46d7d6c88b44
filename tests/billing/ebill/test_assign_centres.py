"""Assegnazione centro di costo (B6): singly, in bulk, by a list of numbers and by a file of lines and centres."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing.ebill import file_rows, services
from billing.ebill.file_rows import MOST_ROWS
from billing.models import CostAssignment
from portal.operations.models import Order, ServiceRequest
from portal.operations.reading import Unreadable
from tests.billing.ebill.samples import centre
from tests.lines.operations import Walk, went_on, work

SEPTEMBER, NOVEMBER = date(2026, 9, 1), date(2026, 11, 1)
FLOW, BY_FILE = "assegna-centro-di-costo", "assegna-centri-da-file"


@pytest.fixture
def centres(world):
    return centre(world.a1, "ADM"), centre(world.a1, "ITS"), centre(world.b1, "ALTRO")


def begun(client, flow):
    return Walk(client, flow, "billing").begin()


def held(line):
    row = CostAssignment.objects.filter(line=line).order_by("-starts_on").first()
    return row and (services.describe([row.split])[row.split_id], row.starts_on, row.ends_on)


def test_several_lines_go_to_a_split_from_an_earlier_month(world, enter, centres):
    adm, its, foreign = centres
    walk = begun(enter(world.ebill), FLOW)
    lines = [world.line_postpaid.pk, world.line_prepaid.pk]
    assert went_on(walk.choose(*lines))
    assert "ALTRO" not in walk.html("quote")
    answers = {
        "on": "2026-09-01",
        "centre_1": adm.pk,
        "percent_1": "60",
        "centre_2": its.pk,
        "percent_2": "30,5",
    }
    wrong = walk.post("quote", **answers)
    assert "Le percentuali devono fare 100: ora fanno 90,50." in wrong.content.decode()
    assert 'value="30,5"' in wrong.content.decode(), "nothing that was typed is lost"
    assert not went_on(walk.post("quote", **answers | {"centre_2": foreign.pk, "percent_2": "40"}))
    assert went_on(walk.post("quote", **answers | {"percent_2": "40", "centre_3": "", "fixed_3": ""}))
    page = walk.html()
    assert "ADM 60% + ITS 40%" in page and "settembre 2026" in page
    walk.send()
    request = walk.one()
    assert (request.label, Order.objects.count()) == ("Assegnazione centro di costo", 0)
    work()

    assert held(world.line_postpaid) == ("ADM 60% + ITS 40%", SEPTEMBER, None)
    assert held(world.line_prepaid) == ("ADM 60% + ITS 40%", SEPTEMBER, None)
    assert held(world.line_both) is None
    assert "ADM" in enter(world.roa).get(f"/linee/linea/{world.line_postpaid.pk}/").content.decode()


def test_one_line_to_one_centre_and_to_none(world, enter, centres, at):
    client = enter(world.roa)
    for minute, chosen, left in ((1, centres[0].pk, ("ADM", NOVEMBER, None)), (2, "0", None)):
        with at(2026, 11, 20, 10, minute):
            walk = Walk(client, FLOW, "billing").begin(linea=world.line_both.pk)
            assert went_on(walk.post("quote", on="2026-11-01", centre_1=chosen))
            walk.send()
            work()
        assert held(world.line_both) == left
    assert ServiceRequest.objects.filter(kind="cost-centre").count() == 2


def csv_file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("centri.csv", text.encode("utf-8-sig"), "text/csv")


def test_a_file_is_tried_first_and_only_what_is_right_is_filed(world, enter, centres):
    walk = begun(enter(world.roa), BY_FILE)
    url = walk.url("step", step="file")
    assert "obbligatorio" in walk.post("file").content.decode()
    text = (
        "Numero;Centro;Percentuale;Quota_fissa;Dal\n"
        "3312547228;adm;60;;01/09/2026\n3312547228;ITS;40;;09/2026\n"  # one line, two centres
        "331 254 4025;ITS;;;\n"
        "3700801103;ADM;;;\n"  # of another contract
        "3312540003;NIENTE;;;\n"
    )
    tried = walk.browser.post(url, {"action": "next", "file": csv_file(text)}).content.decode()
    assert "2 righe non si possono prendere" in tried and "2 linee di centri.csv sono pronte" in tried
    assert "Il centro di costo non esiste." in tried and "non è tra le linee di questo contratto" in tried
    refused = b"".join(walk.browser.post(url, {"action": "refused"}).streaming_content).decode("utf-8-sig")
    assert [row.split(";")[:3] for row in refused.splitlines()[1:]] == [
        ["5", "3700801103", "ADM"], ["6", "3312540003", "NIENTE"],
    ]  # fmt: skip
    assert went_on(walk.browser.post(url, {"action": "next"}))
    walk.send()
    work()

    assert held(world.line_postpaid) == ("ADM 60% + ITS 40%", SEPTEMBER, None)
    assert held(world.line_prepaid) == ("ITS", NOVEMBER, None)
    assert held(world.line_both) is None and held(world.line_other) is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("3312540003;ADM;60;;", "Le percentuali devono fare 100: ora fanno 60,00."),
        ("3312540003;ADM;;5;", "Le percentuali devono fare 100: ora fanno 0,00."),
        ("3312540003;ADM;60;5;", "Scrivi la percentuale oppure la quota fissa, non tutte e due."),
        ("3312540003;ADM;abc;;", "Scrivi percentuali e quote come numeri sopra lo zero"),
        ("3312540003;ADM;33,333;;", "Scrivi percentuali e quote come numeri sopra lo zero"),
        ("3312540003;ADM;;;15/09/2026", "Le assegnazioni valgono dal primo giorno di un mese."),
        ("3312540003;ADM;;;13/2026", "Scrivi il mese come 01/09/2026."),
        ("3312540003;ADM;;;01/01/2020", "Il mese è troppo lontano"),
        ("33125;ADM;;;", "cifre"),
        ("3312540003;ADM;50;;\n3312540003;ITS;50;;08/2026", "Lo stesso numero ha due mesi diversi."),
    ],
)
def test_every_wrong_row_says_why(world, centres, row, words):
    rows = file_rows.read(io.BytesIO(f"numero;centro;percentuale;quota_fissa;dal\n{row}\n".encode()))
    wishes = file_rows.check(rows, contract_id=world.a1.pk, kind="cost-centre")

    assert wishes == []
    assert words in rows[0].error


def test_files_that_are_no_table_are_refused_and_large_ones_are_quick(world, centres):
    for content in (b"", b"a;b\n1;2\n", b"\0\0\0", b"numero;centro\n"):
        with pytest.raises(Unreadable):
            file_rows.read(io.BytesIO(content))
    many = "numero;centro\n" + "".join(f"33199{n:05d};ADM\n" for n in range(5_000))
    rows = file_rows.read(io.BytesIO(many.encode()))
    assert file_rows.check(rows, contract_id=world.a1.pk, kind="cost-centre") == []
    assert len(rows) == 5_000 < MOST_ROWS


def test_a_closed_centre_takes_no_new_lines(world, enter, centres):
    walk = begun(enter(world.roa), FLOW)
    walk.choose(world.line_both.pk)
    walk.post("quote", on="2026-11-01", centre_1=centres[0].pk)
    services.save_centre(contract=world.a1, centre=centres[0], code="ADM", name="x", is_closed=True)
    walk.send()

    assert walk.filed == []
    assert Decimal(0) == CostAssignment.objects.count()
