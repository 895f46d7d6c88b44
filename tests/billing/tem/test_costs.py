"""Costs: everything on the invoices and the traffic that is on none yet, the same on page, in file and counted anew."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.ebill import reports
from billing.ebill import services as ebill
from billing.ebill.splitting import Share, unit_parts
from billing.models import Invoice, InvoiceLine, LineMonth, SavedAnalysis
from billing.tem.monthly import send
from lines.models import Line
from portal import money
from portal.accounts.models import User
from portal.contracts.access import Access
from portal.contracts.feeds import services as feeds
from tests.billing.tem.story import centre
from tests.billing.tem.test_analysis import amount, analysed, csv_of, page

pytestmark = pytest.mark.django_db

HEAD = "fattura;tipo;contratto;bimestre;emissione;scadenza;totale;numero;utenza;codice_fiscale;servizio;descrizione;quantita;imponibile;aliquota;iva"
# Rows of each invoice: the line they are of, category, what is written, net.
SEPTEMBER = (
    ("postpaid", "Canoni", "Canone", "7.80"), ("both", "Canoni", "Canone", "7.80"), ("postpaid", "Traffico", "Voce", "3.25"),
    ("prepaid", "Ricariche", "Ricarica aziendale", "20.00"), ("", "Apparati", "Noleggio", "6.00"),
    ("both", "Contributi una tantum", "Attivazione", "12.40"),
)  # fmt: skip
NOVEMBER = (
    ("postpaid", "Canoni", "Canone", "7.80"), ("both", "Canoni", "Canone", "7.80"), ("both", "Traffico", "Dati", "41.07"),
    ("prepaid", "Ricariche", "Ricarica aziendale", "30.00"), ("", "Accrediti", "Storno", "-5.00"),
)  # fmt: skip


@pytest.fixture
def billed(story, world, tmp_path):
    """Two company invoices, and two that are none of the contract's business: a personal one, another contract's."""
    Line.objects.filter(pk=world.line_both.pk).update(billing_type="postpaid")
    both, postpaid, prepaid = (world.line_both.number, world.line_postpaid.number, world.line_prepaid.number)
    numbers = {"both": both, "postpaid": postpaid, "prepaid": prepaid, "": ""}
    own = f"{world.line_both.number};RSSMRA80A01H501U"
    invoices = (
        ("7X00000901", "Aziendale", world.a1.number, "5/2026", "10/09/2026", ";", SEPTEMBER),
        ("7X00000902", "Aziendale", world.a1.number, "6/2026", "10/11/2026", ";", NOVEMBER),
        ("7X00000903", "Personale", world.a1.number, "6/2026", "10/11/2026", own, (("both", "Opzioni", "TIM TUO", "10.00"),)),
        ("7X00000904", "Aziendale", world.b1.number, "6/2026", "10/11/2026", ";", (("", "Canoni", "Canone", "99.00"),)),
    )  # fmt: skip
    rows = [HEAD]
    for number, kind, contract, period, issued, person, items in invoices:
        taxes = [money.cents(Decimal(value) * Decimal("0.22")) for *_words, value in items]
        total = sum(taxes) + sum(Decimal(value) for *_words, value in items)
        for (line, service, words, value), tax in zip(items, taxes, strict=True):
            rows.append(
                f"{number};{kind};{contract};{period};{issued};31/12/2026;{total};{numbers[line]};{person};"
                f"{service};{words};1;{value};22;{tax}"
            )
    path = tmp_path / "invoices.csv"
    path.write_text("\n".join(rows) + "\n")
    batch = feeds.load_path(kind="invoices", path=path).batch
    assert not batch.rejected, [one.reason for one in batch.rejects.all()]
    assert Invoice.objects.count() == 4
    return story


def units(*amounts: str) -> int:
    return int(sum(map(Decimal, amounts)) * 10_000)


def open_traffic(*lines) -> int:
    """Of November: the invoice of November holds September and October."""
    sums = LineMonth.objects.filter(line__in=lines, payer=0, month=date(2026, 11, 1)).totals()
    return sum(sums[f"{kind}_net"] for kind in ("voice", "message", "data", "service"))


@pytest.fixture
def unbilled(billed, world):
    found = open_traffic(world.line_both, world.line_postpaid)
    assert found > 0
    return found


def shown(access, **asked) -> dict[str, int]:
    result = analysed(access, misura=["costi"], **asked)
    assert result.unit.said(sum(row.total for row in result.rows)) == result.total
    return {row.label: row.total for row in result.rows if row.total}


def test_by_category_every_item_of_the_invoices_counts_and_the_traffic_on_none_of_them(world, unbilled):
    found = shown(Access.load(world.roa), per=["voce"], periodo=["12-mesi"])
    assert found == {
        "Canoni": units("7.80") * 4, "Traffico": units("3.25", "41.07"), "Ricariche": units("50.00"), "Apparati": units("6.00"),
        "Contributi una tantum": units("12.40"), "Accrediti": units("-5.00"), "Traffico non ancora fatturato": unbilled,
    }  # fmt: skip
    recount = InvoiceLine.objects.filter(invoice__contract=world.a1, invoice__kind="company")
    assert sum(found.values()) - unbilled == sum(one.net for one in recount) * 10_000


def test_by_month_an_invoice_counts_when_it_was_issued(world, unbilled):
    access = Access.load(world.roa)
    found = shown(access, per=["mese"], periodo=["12-mesi"])
    september, november = (units(*(one[3] for one in rows)) for rows in (SEPTEMBER, NOVEMBER))
    assert found == {"set 2026": september, "nov 2026": november + unbilled}
    divided = analysed(access, misura=["costi"], per=["mese"], parti=["voce"], periodo=["mese"])
    assert divided.rows[0].units == {
        "fee": units("15.60"), "traffic": units("41.07"), "top_up": units("30"), "credit": units("-5"), "unbilled": unbilled,
    }  # fmt: skip
    assert [name for _key, name in divided.parts] == [
        "Canoni", "Traffico", "Ricariche", "Accrediti", "Traffico non ancora fatturato",
    ]  # fmt: skip


def test_the_same_filters_narrow_costs(world, unbilled):
    access = Access.load(world.roa)
    assert shown(access, per=["mese"], periodo=["mese-scorso"]) == {}
    some = shown(access, per=["voce"], periodo=["12-mesi"], voce=["fee", "unbilled"])
    assert some == {"Canoni": units("31.20"), "Traffico non ancora fatturato": unbilled}
    one = shown(
        access, per=["voce"], periodo=["12-mesi"], linee=[world.line_postpaid.number], voce=["fee", "traffic"]
    )
    assert one == {"Canoni": units("15.60"), "Traffico": units("3.25")}
    assert shown(access, per=["contratto"], periodo=["12-mesi"]) == {
        world.a1.number: units("138.92") + unbilled
    }
    by_plan = shown(access, per=["profilo"], periodo=["12-mesi"])
    assert (
        by_plan["Voci senza linea"] == units("1.00") and sum(by_plan.values()) == units("138.92") + unbilled
    )
    chosen = shown(access, per=["mese"], periodo=["scelto"], dal=["2026-09-10"], al=["2026-11-09"])
    assert chosen["set 2026"] == units(*(one[3] for one in SEPTEMBER))
    # Only the days asked for of what is still to be billed.
    sums = open_traffic(world.line_both, world.line_postpaid)
    assert 0 < chosen.get("nov 2026", 0) < sums


def test_a_contract_without_invoices_has_all_its_traffic_still_to_be_billed(story, world):
    Line.objects.filter(pk=world.line_both.pk).update(billing_type="postpaid")
    found = shown(Access.load(world.roa), per=["voce"], periodo=["12-mesi"])
    rows = LineMonth.objects.filter(contract=world.a1, payer=0, line__billing_type="postpaid").totals()
    assert found == {
        "Traffico non ancora fatturato": sum(
            rows[f"{kind}_net"] for kind in ("voice", "message", "data", "service")
        )
    }


def test_by_cost_centre_follows_the_dates_and_divides_as_ebill_does(world, unbilled):
    north, south = centre(world.a1, "NORD"), centre(world.a1, "SUD")

    def assign(line, on, *shares):
        split = ebill.split_of(contract_id=world.a1.pk, shares=shares)
        ebill.assign(lines=[line.pk], split=split, on=on, contract=world.a1)
        return split

    assign(world.line_postpaid, date(2026, 8, 1), Share(north.pk, percent=Decimal(100)))
    assign(world.line_postpaid, date(2026, 11, 1), Share(south.pk, percent=Decimal(100)))
    shared = assign(
        world.line_both,
        date(2026, 9, 1),
        Share(north.pk, fixed=Decimal("3.33")),
        Share(south.pk, percent=Decimal(100)),
    )
    shares = reports.shares_of({shared.pk})[shared.pk]
    assert [one.centre for one in shares] == [north.pk, south.pk]
    expected: dict[str, int] = defaultdict(int)
    expected[str(north)] += units("7.80", "3.25")
    expected[str(south)] += units("7.80") + open_traffic(world.line_postpaid)
    expected["Senza centro di costo"] = units("50.00")
    expected["Voci senza linea"] = units("1.00")
    # A bimestre of an invoice takes the fixed part twice, a month of traffic once.
    for value, months in ((units("20.20"), 2), (units("48.87"), 2), (open_traffic(world.line_both), 1)):
        for one, part in zip((north, south), unit_parts(value, shares, months), strict=True):
            expected[str(one)] += part
    access = Access.load(world.roa)
    found = shown(access, per=["centro"], periodo=["12-mesi"])
    assert found == expected
    assert sum(found.values()) == units("138.92") + unbilled
    divided = analysed(access, misura=["costi"], per=["centro"], parti=["voce"], periodo=["12-mesi"])
    assert {row.label: row.total for row in divided.rows} == expected
    only = shown(access, per=["voce"], periodo=["12-mesi"], centro=[south.pk], voce=["fee"])
    assert only == {"Canoni": units("7.80") * 3}  # the shared line twice, the other since it moved


def test_lines_are_ranked_with_their_categories_and_leave_as_files(world, enter, unbilled):
    browser = enter(world.ebill)
    asked = {"per": "linea", "misura": "costi", "periodo": "12-mesi"}
    answer = browser.get(page(), asked)
    rows = {row.number: row for row in answer.context["list"].page.object_list}
    both = rows[world.line_both.number]
    assert (both.of_fee, both.of_one_off, both.of_top_up) == (units("15.60"), units("12.40"), 0)
    assert both.of_unbilled == open_traffic(world.line_both)
    assert both.value == units("15.60", "12.40", "41.07") + both.of_unbilled
    assert rows[world.line_prepaid.number].value == units("50.00")
    assert sum(row.value for row in rows.values()) == units("137.92") + unbilled  # 1.00 € is of no line
    assert "senza linea" in answer.content.decode()
    file = browser.post(
        f"{page()}?per=linea&misura=costi&periodo=12-mesi", {"list": "list", "export": "csv:all"}
    )
    in_file = {row["Linea"].replace(" ", "")[-10:]: amount(row["Costi totali €"]) for row in csv_of(file)}
    assert in_file == {number: money.cents(Decimal(row.value) / 10_000) for number, row in rows.items()}
    narrow = browser.get(page(), asked | {"voce": "top_up"})
    assert [row.number for row in narrow.context["list"].page.object_list] == [world.line_prepaid.number]
    others = enter(world.outsider).get(page(), asked).context["list"].page.object_list
    assert [row.number for row in others] == [world.line_other.number]


def test_a_kept_view_opens_leaves_and_is_sent_with_the_same_figures(world, enter, unbilled, outbox_files):
    browser = enter(world.roa)
    address = f"{page()}?misura=costi&per=voce&periodo=12-mesi&voce=fee&voce=top_up"
    kept = browser.post(address, {"save": "new", "name": "Canoni e ricariche", "monthly": "on"}, follow=True)
    expected = {"Canoni": Decimal("31.20"), "Ricariche": Decimal("50.00")}
    result = kept.context["result"]
    assert {row.label: result.unit.said(row.total) for row in result.rows} == expected
    text = kept.content.decode()
    assert "Voce di costo: Canoni, Ricariche" in text and "81,20" in text
    query = kept.redirect_chain[-1][0].partition("?")[2]
    rows = csv_of(browser.get(f"{reverse('billing:tem-file', args=['csv'])}?{query}"))
    assert {row["Voce di costo"]: amount(row["Costi totali €"]) for row in rows} == expected
    saved = SavedAnalysis.objects.get()
    assert saved.query["voce"] == ["fee", "top_up"]
    assert send(saved.pk, "2026-11")


@pytest.fixture
def outbox_files(world):
    User.objects.filter(pk=world.roa.pk, email="").update(email="roa@example.it")


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"misura": "costi", "per": "giorno"}, "per", "per voce"),
        ({"misura": "costi", "per": "zona"}, "per", "per voce"),
        ({"misura": "costi", "parti": "tipo"}, "parti", "per voce"),
        ({"misura": "costi", "tipo": "0"}, "tipo", "per voce"),
        ({"misura": "costi", "zona": "1"}, "zona", "per voce"),
        ({"misura": "spesa", "per": "voce"}, "per", "Costi totali"),
        ({"misura": "minuti", "parti": "voce"}, "parti", "Costi totali"),
        ({"misura": "spesa", "voce": "fee"}, "voce", "Costi totali"),
        ({"misura": "costi", "voce": "niente"}, "voce", "Scegli"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_named_beside_its_field(asked, field, words, world, enter):
    answer = enter(world.ebill).get(page(), asked)
    assert words in " ".join(answer.context["form"].errors[field]) and "chart" not in answer.context


def test_no_grouping_reads_more_statements_for_more_rows(world, unbilled):
    access = Access.load(world.roa)

    def count(group: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            analysed(access, misura=["costi"], per=[group], periodo=["12-mesi"])
        assert not [q["sql"] for q in queries if "trafficevent" in q["sql"]]
        return len(queries)

    groups = ("mese", "voce", "profilo", "contratto", "sede", "centro")
    count("mese")  # contracts and seats of the person are known from here on
    before = [count(group) for group in groups]
    invoice = Invoice.objects.get(number="7X00000902")
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice, position=place, line=world.line_both, number=world.line_both.number, service="option",
            description="Opzione", net="1.00", vat_rate="22", vat="0.22",
        )
        for place in range(100, 160)
    )  # fmt: skip
    assert [count(group) for group in groups] == before
    assert before[0] <= 6
