"""The twelve inventories as people see them."""

from __future__ import annotations

import csv
import random
from datetime import date
from io import StringIO

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.html import escape, strip_tags

from lines import lists
from lines.models import DeviceService, InventoryTotal, Line, LineState
from lines.services import sims, states, subscriptions
from portal import functions
from portal.contracts.access import Access
from portal.contracts.models import Referent
from portal.jobs import services as jobs
from portal.lists.listing import Listing
from portal.lists.models import ExportJob
from portal.lists.writers import CONTENT_TYPES
from tests.lines import stock
from tests.world import contract as make_contract
from tests.world import referent

TOTALS = {
    lists.LineTotals: ("Tot. Linee", "Profilo Tariffario", "Stato"),
    lists.LineServiceTotals: ("Tot. Servizi", "Descrizione Servizio", "Stato"),
    lists.DualPostpaidTotals: ("Tot. Servizi", "Stato"),
    lists.DualPrepaidTotals: ("Tot. Servizi", "Stato"),
    lists.DeviceTotals: ("Tot. Servizi", "Codice NMU", "Tipo Servizio", "Stato"),
    lists.ContractServiceTotals: ("Tot. Sac", "Descrizione Servizio", "Stato"),
}
DETAILS = {
    lists.LineList: (
        "Numero", "One number", "IMEI", "ICCID", "Profilo tariffario", "Data Attivazione", "Data cessazione",
        "Stato",
    ),
    lists.LineServiceList: (
        "Numero", "Descrizione", "Data Attivazione", "Data Cessazione", "Stato", "% a carico Ente", "Canone €",
    ),
    lists.DualPostpaidList: (
        "Numero", "Codice", "Dati Dipendente", "Data attivazione", "Data Cessazione", "Stato",
    ),
    lists.DeviceServiceList: (
        "IMEI", "Codice NMU", "Tipo Servizio", "Descrizione", "Data Attivazione", "Data Cessazione", "Stato",
    ),
    lists.ContractServiceList: ("Descrizione Servizio", "Data Attivazione", "Data Cessazione", "Stato"),
}  # fmt: skip
PAIRS = dict(zip(TOTALS, [*list(DETAILS)[:3], lists.DualPrepaidList, *list(DETAILS)[3:]], strict=True))
EXPORTS = {
    lists.LineList: "ConsistenzaDettaglioLinee",
    lists.LineServiceList: "ConsistenzaDettaglioSTS",
    lists.DualPostpaidList: "ConsistenzaDettaglioTimTuoAbb",
    lists.DualPrepaidList: "ConsistenzaDettaglioTimTuoRic",
    lists.DeviceServiceList: "ConsistenzaDettaglioApparati",
    lists.ContractServiceList: "ConsistenzaDettaglioSAC",
}
EVERY = [*TOTALS, *EXPORTS]


@pytest.fixture
def owned(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    stock.fill(world)
    return world


@pytest.fixture
def roa(owned, enter) -> Client:
    return enter(owned.roa)


def address(page) -> str:
    return reverse(functions.get(page.function).url_name)


def listing(page, access, query: str = "") -> Listing:
    return Listing(page.detached(access), QueryDict(query))


def headers(page) -> list[str]:
    return [str(header.label) for header, _url in page.context["list"].headers]


def cells(page) -> list[list[str]]:
    """The words of each row."""
    return [
        [" ".join(strip_tags(str(content)).split()) for _tag, content in row]
        for _record, row in page.context["list"].table.body()
    ]


# --- What the pages show --------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.2.1-1")
@pytest.mark.parametrize("page", TOTALS, ids=lambda page: page.__name__)
def test_an_aggregate_page_has_its_columns_and_counts_what_the_detail_lists(page, owned, roa):
    answer = roa.get(address(page), {"righe": "100"})
    assert headers(answer) == list(TOTALS[page])
    access = Access.load(owned.roa, owned.a1.pk)
    shown = [int(row[0].split()[0].replace(".", "")) for row in cells(answer)]
    assert shown
    assert sum(shown) == listing(PAIRS[page], access).filtered.count()
    table = page.table
    for row in InventoryTotal.objects.for_access(access).filter(
        pk__in=[r.pk for r in answer.context["list"].page]
    ):
        query = QueryDict(mutable=True)
        query.update({name: getattr(row, column) for name, column in table.keys})
        if PAIRS[page].filters is not None:
            assert listing(PAIRS[page], access, query.urlencode()).filtered.count() == row.count
        if table.detail_url:
            assert f"{reverse(table.detail_url)}?" in answer.content.decode()


@pytest.mark.parametrize("page", DETAILS, ids=lambda page: page.__name__)
def test_a_detail_page_has_its_columns_in_order(page, roa):
    answer = roa.get(address(page))
    assert headers(answer) == list(DETAILS[page])
    assert cells(answer)


def test_totals_and_details_agree_after_a_hundred_random_changes(owned, true_totals):
    """Two runs of chance a time; a failure names its seed."""
    for seed in range(2):
        _change_at_random(random.Random(seed), owned)
        access = Access.load(owned.roa, owned.a1.pk)
        for totals, detail in PAIRS.items():
            counted = sum(row.count for row in listing(totals, access).filtered)
            assert counted == listing(detail, access).filtered.count(), f"seed {seed}"
            assert counted == listing(detail, access).count, f"seed {seed}"  # the fast count of the pager
        true_totals()


def _change_at_random(chance: random.Random, world) -> None:
    codes = ("SAT", "RIF-U", "REPER")
    changes = (
        lambda some: states.suspend(lines=some, by=chance.choice(("block", "threshold"))),
        lambda some: states.resume(lines=some, suspended_by=chance.choice(("block", "threshold"))),
        lambda some: subscriptions.start(lines=some, code=(code := chance.choice(codes)), description=code),
        lambda some: subscriptions.end(lines=some, code=chance.choice(codes)),
        lambda some: subscriptions.start_dual_billing(
            line=Line.objects.get(pk=chance.choice(some)), person=stock.RITA
        ),
        lambda some: subscriptions.end_dual_billing(lines=some),
        lambda some: subscriptions.start_on_contract(contract=world.a1, code=chance.choice(codes), description="SAC"),
        lambda some: subscriptions.end_on_contract(contract=world.a1, code=chance.choice(codes)),
        lambda some: _swap(chance, some),
        lambda some: states.cease(lines=some[:1]) if chance.random() < 0.1 else None,
    )  # fmt: skip
    ids = list(Line.objects.filter(contract=world.a1).values_list("pk", flat=True))
    for _turn in range(50):
        chance.choice(changes)(chance.sample(ids, chance.randint(1, len(ids))))


def _swap(chance: random.Random, some: list[int]) -> None:
    line = Line.objects.get(pk=some[0])
    card = line.sims.first()
    if card is not None and line.is_living:
        sims.swap(sim=card, iccid=f"8939010{chance.randrange(10**12):012d}")


@pytest.mark.accepts("A-7.2.2-2")
def test_a_one_number_line_has_a_row_for_each_card(owned, roa):
    rows = cells(roa.get(address(lists.LineList), {"linea": "3312540003"}))
    assert [(row[1], row[3]) for row in rows] == [
        ("Principale", "3312540003"),
        ("Secondaria", "8547043845"),
    ]
    (single,) = cells(roa.get(address(lists.LineList), {"linea": "3312547228"}))
    assert single[1] == "–"


@pytest.mark.accepts("A-7.2.2-3")
def test_services_show_share_fee_and_access_point(owned, roa):
    rows = {row[1]: row for row in cells(roa.get(address(lists.LineServiceList), {"linea": "3312547228"}))}
    assert rows["Servizio Free Reperibilita_obb"][-2:] == ["50", "2,00"]
    assert rows["Filtro APN ibox.tim.it"][-2:] == ["100", "0,00"]
    assert "PA 8" in rows  # the tariff plan is counted among the services (7.2.1/R1)


@pytest.mark.accepts("A-7.2.2-4")
@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("linea", "3312547228", "3312544025"),
        ("linea", "8939010003312547228", "8939010003312544025"),
        ("cognome", "verdi", "gallo"),
        ("codice", "888200090226", "888200090227"),
        ("codice_fiscale", "vrdpla70a01a944z", "GLLRTI80A41A944K"),
    ],
)
def test_tim_tuo_of_subscriptions_is_searched_by_line_surname_code_and_tax_code(roa, field, right, wrong):
    page = address(lists.DualPostpaidList)
    (row,) = cells(roa.get(page, {field: right}))
    assert row[:3] == ["331 254 7228", "888200090226", "Verdi Paolo"] or row[0] == "3312547228"
    assert roa.get(page, {field: wrong}).context["list"].count == 0


@pytest.mark.accepts("A-7.2.2-5")
def test_tim_tuo_of_prepaid_lines_has_no_list_and_only_the_button(owned, roa):
    page = roa.get(address(lists.DualPrepaidList)).content.decode()
    assert "RICHIEDI EXPORT" in page
    assert "<table" not in page
    assert "3312544025" not in page
    assert "Gallo" not in page


@pytest.mark.accepts("A-7.2.2-7")
def test_devices_and_contract_services_are_listed_searched_and_exported(owned, roa):
    page = address(lists.DeviceServiceList)
    for words in (stock.IMEI, "3312547228", "8939010003312547228", "galaxy"):
        (row,) = cells(roa.get(page, {"cerca": words}))
        assert row == [stock.IMEI, "705935", "NOLEGGIO", "Galaxy A56", "01/05/2025", "–", "ATTIVO"]
    assert roa.get(page, {"cerca": "3312544025"}).context["list"].count == 0
    (row,) = cells(roa.get(address(lists.ContractServiceList)))
    assert row[0] == "TIM TUO A CONTRATTO"
    for listed in (lists.DeviceServiceList, lists.ContractServiceList):
        assert _export_of(roa, listed)[0] == list(DETAILS[listed])


# --- Files ----------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.2.1-2")
@pytest.mark.parametrize("page", TOTALS, ids=lambda page: page.__name__)
def test_an_aggregate_page_is_downloaded_at_once_as_excel_and_csv(page, owned, roa):
    for file_format in ("xlsx", "csv"):
        answer = roa.post(address(page), {"export": f"{file_format}:all"})
        assert answer["Content-Type"] == CONTENT_TYPES[file_format]
        assert page.export.name in answer["Content-Disposition"]
        content = b"".join(answer)
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == TOTALS[page]
    assert len(rows) == roa.get(address(page)).context["list"].count + 1
    assert not ExportJob.objects.exists()


@pytest.mark.accepts("A-7.2.2-6")
@pytest.mark.parametrize("page", EXPORTS, ids=lambda page: page.__name__)
def test_a_detail_page_puts_its_export_in_my_exports(page, owned, roa):
    for file_format in ("xlsx", "csv"):
        answer = roa.post(address(page), {"export": f"{file_format}:all"}, follow=True)
        assert "I miei Export" in answer.content.decode()
    assert set(ExportJob.objects.values_list("type", "format")) == {
        (EXPORTS[page], "xlsx"),
        (EXPORTS[page], "csv"),
    }
    assert EXPORTS[page] in roa.get(reverse("lists:exports")).content.decode()


def _export_of(browser: Client, page) -> list[list[str]]:
    browser.post(address(page), {"export": "csv:all"})
    jobs.work_all()
    made = ExportJob.objects.latest("pk")
    answer = browser.get(reverse("lists:export-download", args=[made.pk]))
    return list(csv.reader(StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))


def test_a_file_holds_what_the_page_shows(owned, roa):
    rows = _export_of(roa, lists.LineServiceList)
    assert ["3312547228", "Filtro APN ibox.tim.it"] in [row[:2] for row in rows]
    prepaid = _export_of(roa, lists.DualPrepaidList)
    assert prepaid[1][:2] == ["3312544025", "Gallo Rita"]


# --- Who, and what is found -----------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.2.1-3")
def test_the_aggregates_open_to_the_ebill_referent_and_not_to_the_others(owned, enter):
    expected = {"roa": 200, "ebill": 200, "traffic": 403, "messaging": 403, "employee": 403}
    for name, status in expected.items():
        browser = enter(getattr(owned, name))
        assert {browser.get(address(page)).status_code for page in EVERY} == {status}, name


@pytest.mark.parametrize("page", [p for p in DETAILS if p.search is not None], ids=lambda page: page.__name__)
def test_number_and_code_find_the_same_line_and_reset_brings_all_back(page, owned, roa):
    whole = roa.get(address(page)).context["list"].count
    found = []
    for words in (
        "3312547228",
        "+39 331 254 7228",
        "8939010003312547228",
        "89390100033125472285",
        "3312547228",
    ):
        answer = roa.get(address(page), {"linea": words})
        found.append([row[0] for row in cells(answer)])
        assert roa.get(answer.context["list"].reset_url).context["list"].count == whole
    assert found[0]
    assert all(rows == found[0] for rows in found)


def test_the_four_states_can_be_ticked_together(owned, roa):
    states.suspend(lines=[owned.line_postpaid.pk], by=Line.SuspendedBy.SIM_BLOCK)
    states.cease(lines=[owned.line_prepaid.pk])
    page = roa.get(address(lists.LineList), {"stato": ["suspended", "ceased"]})
    assert {row[-1] for row in cells(page)} == {"SOSPESO", "CESSATO"}
    assert (
        "Stato: <strong>SOSPESO, CESSATO" in page.content.decode()
        or "CESSATO, SOSPESO" in page.content.decode()
    )


def test_every_kind_of_service_on_devices_is_told_apart(owned, roa):
    stock.device(owned.a1, "353042098000651", kind=DeviceService.Kind.INSTALMENTS)
    rows = cells(roa.get(address(lists.DeviceTotals)))
    assert [row[1:] for row in rows] == [
        ["705935", "NOLEGGIO", "ATTIVO"],
        ["705935", "VENDITA RATEALE", "ATTIVO"],
    ]


def test_an_empty_contract_says_so_on_every_page(world, enter):
    empty = make_contract(world.a, "888010088940")
    referent(empty, Referent.Role.MASTER, world.roa.mobile_number, "Maria", "Rossi")
    browser = enter(world.roa)
    browser.post(reverse("contracts:choose"), {"contract": empty.pk, "next": "/"})
    for page in EVERY:
        answer = browser.get(address(page))
        assert answer.status_code == 200
        if not page.only_export:
            assert answer.context["list"].count == 0
            assert escape(str(page.empty.text)) in answer.content.decode()


# --- One line -------------------------------------------------------------------------------------------------
def test_the_page_of_a_line_tells_everything_of_it(owned, roa):
    line = owned.line_postpaid
    old = line.sims.get().iccid
    sims.swap(sim=line.sims.get(), iccid="8939010009999999999", on=date(2026, 5, 1))
    states.suspend(lines=[line.pk], by=Line.SuspendedBy.SIM_BLOCK, actor=owned.roa)
    page = roa.get(reverse("lines:line", args=[line.pk])).content.decode()
    for words in (
        old, "8939010009999999999", "Filtro APN ibox.tim.it", stock.IMEI, "Verdi Paolo", "Sede", "SOSPESO",
        "Blocco carta SIM", "Linea sospesa", "01/05/2026",
    ):  # fmt: skip
        assert words in page
    assert reverse("lines:person", args=[line.holdings.get().pk]) in page


def test_the_ebill_referent_does_not_read_requests_and_register_on_it(owned, enter):
    page = enter(owned.ebill).get(reverse("lines:line", args=[owned.line_postpaid.pk])).content.decode()
    assert 'id="sim"' in page
    assert 'id="pratiche"' not in page
    assert 'id="registro"' not in page


def test_everything_of_a_person_stands_on_one_page_without_a_tax_code_in_its_address(owned, roa):
    url = reverse("lines:person", args=[owned.line_postpaid.holdings.get().pk])
    page = roa.get(url).content.decode()
    assert stock.PAOLO.tax_code not in url
    for words in (stock.IMEI, owned.line_postpaid.sims.get().iccid, "Sede"):
        assert words in page
    assert owned.line_prepaid.sims.get().iccid not in page


def test_the_imei_is_that_of_the_device_on_the_line_and_of_no_second_card(owned, roa):
    rows = {(row.number, row.role): row.pk for row in lists.LineList.queryset.all()}
    plain = roa.get(reverse("lines:imei", args=[rows["3312547228", ""]]), follow=True)
    assert f"IMEI della linea 3312547228: {stock.IMEI}" in plain.content.decode()
    second = roa.get(
        reverse("lines:imei", args=[rows["3312540003", "secondary"]]), headers={"HX-Request": "true"}
    )
    assert "non disponibile" in second.content.decode()


def test_a_frozen_line_is_shown_as_such(owned, roa):
    Line.objects.filter(pk=owned.line_both.pk).update(state=LineState.FROZEN)
    assert "CONGELATO" in roa.get(reverse("lines:line", args=[owned.line_both.pk])).content.decode()
