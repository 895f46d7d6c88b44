"""Files of the operator: taken row by row, once, whole or in part, and never more ended than meant."""

from __future__ import annotations

import itertools
import tracemalloc
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lines.models import (
    ContractService,
    Device,
    DeviceAssignment,
    DeviceService,
    Holding,
    InventoryRow,
    Line,
    LineService,
    LineState,
    SimAssignment,
    SimCard,
    TariffPlan,
)
from portal.audit.models import AuditEntry
from portal.contracts.feeds import registry, services
from portal.contracts.feeds.models import FeedBatch
from portal.contracts.models import Contract, Organization, Referent
from portal.jobs.services import work_all

State = FeedBatch.State
LINES = (
    "contratto;numero;profilo;stato;attivazione;cessazione;cognome;nome;codice_fiscale;centro_costo;tim_tuo"
)
A1, A2, B1 = "888010088938", "888010088939", "888012234558"


@pytest.fixture
def load(world, tmp_path):
    """`load("lines", header, row, row, full=True)` loads such a file and gives its batch."""
    numbers = itertools.count()

    def loaded(kind, *rows, full=False, brake=10, raw=None):
        path = tmp_path / f"{next(numbers)}.csv"
        path.write_bytes(raw if raw is not None else "\n".join(rows).encode())
        mode = FeedBatch.Mode.FULL if full else FeedBatch.Mode.DELTA
        return services.load_path(kind=kind, path=path, mode=mode, brake=brake).batch

    return loaded


def counts(batch):
    return batch.created, batch.changed, batch.unchanged, batch.rejected


def reasons(batch):
    return dict(batch.rejects.values_list("line", "reason"))


def living_rows(*more):
    """The lines of the world, as a full file would tell them."""
    rows = [
        f"{line.contract.number};{line.number};{line.plan.name};ATTIVO;01/04/2025;;;;;;No"
        for line in Line.objects.living().select_related("contract", "plan").order_by("number")
    ]
    return [LINES, *rows, *more]


# --- Lines ----------------------------------------------------------------------------------------------------
def test_lines_are_created_changed_and_left_alone(load, world, true_totals):
    batch = load(
        "lines",
        LINES,
        f"{A1};3312547228;PA 8;ATTIVO;01/04/2025;;;;;;No",
        f"{A1};331 254 0003;PA 8;SOSPESO;01/04/2025;;Verdi;Paolo;RSSMRA66A02F839D;CDC-7;Si",
        f"{A2};3319990001;pa-8;CONGELATO;;;;;;;",
    )
    assert (batch.state, batch.read, counts(batch)) == (State.DONE, 3, (1, 1, 1, 0))
    changed = Line.objects.get(number="3312540003")
    assert (changed.state, changed.holder_last_name, changed.cost_centre) == ("suspended", "Verdi", "CDC-7")
    assert changed.dual_billing_allowed
    holding = Holding.objects.get(line=changed)
    assert (holding.tax_code, holding.cost_centre, holding.ends_on) == ("RSSMRA66A02F839D", "CDC-7", None)
    assert InventoryRow.objects.get(number="3319990001").state == "frozen"
    true_totals()


def test_each_bad_row_is_kept_with_its_line_and_reason_and_the_good_ones_go_in(load, true_totals):
    batch = load(
        "lines",
        LINES,
        f"{A1};3319990001;PA 8;ATTIVO;01/04/2025;;;;;;",
        "888999999999;3319990002;PA 8;ATTIVO;;;;;;;",
        f"{A1};0612345678;PA 8;ATTIVO;;;;;;;",
        f"{A1};3319990003;PIANO IGNOTO;ATTIVO;;;;;;;",
        f"{A1};3319990004;PA 8;ACCESO;;;;;;;",
        f"{A1};3319990005;PA 8;ATTIVO;31/02/2026;;;;;;",
        f"{A1};3319990006;PA 8;CESSATO;;;;;;;",
        f"{A1};3319990007;PA 8;ATTIVO;;;Rossi;Mario;RSSMRA66A02F839E;;",
        f"{A1};3319990008;PA 8;ATTIVO",
        f"{A1};3319990009;PA 8;ATTIVO;;;{'x' * 61};;;;",
        f"{A1};;PA 8;ATTIVO;;;;;;;",
        f"{A1};3319990010;PA 8;CESSATO;01/05/2026;01/04/2026;;;;;",
        f"{A1};3319990011;PA 8;ATTIVO;01/04/2025;;;;;;",
    )
    assert (batch.read, counts(batch)) == (13, (2, 0, 0, 11))
    assert batch.read == batch.accepted + batch.rejected
    told = reasons(batch)
    assert set(told) == set(range(3, 14))
    assert told[3] == "Il contratto non esiste."
    assert "numero" in told[4] and "profilo" in told[5] and "valori ammessi" in told[6]
    assert "31/12/2026" in told[7] and "cessazione" in told[8] and "ultima lettera" in told[9]
    assert "4 colonne invece di 11" in told[10] and "60 caratteri" in told[11] and "manca" in told[12]
    assert batch.rejects.get(line=4).raw == f"{A1};0612345678;PA 8;ATTIVO;;;;;;;"
    assert set(Line.objects.filter(number__startswith="331999").values_list("number", flat=True)) == {
        "3319990001",
        "3319990011",
    }
    true_totals()


def test_the_same_file_again_does_nothing_and_the_same_rows_change_nothing(load, world, tmp_path):
    rows = [LINES, f"{A1};3319990001;PA 8;ATTIVO;01/04/2025;;Verdi;Pia;;C1;Si"]
    first = load("lines", *rows)
    path = tmp_path / "again.csv"
    path.write_text("\n".join(rows))
    again = services.load_path(kind="lines", path=path)
    assert (again.is_new, again.batch) == (False, first)
    other = load("lines", *rows, "")
    assert counts(other) == (0, 0, 1, 0)
    assert Holding.objects.count() == 1


def test_rows_found_unchanged_write_nothing(load, world):
    rows = living_rows()
    load("lines", *rows)
    before = list(InventoryRow.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        assert load("lines", *rows, "", full=True).unchanged == len(rows) - 1
    assert list(InventoryRow.objects.values_list("pk", flat=True)) == before
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not [sql for sql in written if "lines_" in sql]


def test_columns_that_are_not_in_the_file_stay_as_they_are(load, world):
    load("lines", LINES, f"{A1};3319990001;PA 8;ATTIVO;01/04/2025;;Verdi;Pia;;C1;Si")
    batch = load("lines", "contratto;numero;profilo;stato", f"{A1};3319990001;PA 8;SOSPESO")
    line = Line.objects.get(number="3319990001")
    assert counts(batch) == (0, 1, 0, 0)
    assert (line.holder_last_name, line.cost_centre, line.activated_on) == ("Verdi", "C1", date(2025, 4, 1))


def test_a_full_file_ends_what_it_does_not_name(load, world, true_totals):
    rows = [row for row in living_rows() if "3312540003" not in row]
    batch = load("lines", *rows, full=True, brake=50)
    assert (batch.state, batch.missing, batch.closed) == (State.DONE, 1, 1)
    assert Line.objects.get(number="3312540003").state == LineState.CEASED
    assert AuditEntry.objects.get(action="lines.line.ceased").line_number == "3312540003"
    assert AuditEntry.objects.get(action="lines.line.ceased").source == "feed"
    true_totals()


def test_a_delta_ends_nothing(load, world):
    lines = Line.objects.living().count()
    load("lines", *living_rows()[:2])
    assert Line.objects.living().count() == lines > 1


def test_a_full_file_that_would_end_too_much_ends_nothing_until_somebody_allows_it(load, world):
    rows, lines = living_rows()[:2], Line.objects.living().count()
    batch = load("lines", *rows, full=True, brake=10)
    assert (batch.state, batch.missing, batch.closed) == (State.BRAKED, lines - 1, 0)
    assert f"{lines - 1} su {lines}" in batch.message
    assert Line.objects.living().count() == lines
    allowed = load("lines", *rows, full=True, brake=100)
    assert (allowed.state, allowed.closed) == (State.DONE, lines - 1)


def test_a_line_named_by_a_rejected_row_is_not_ended(load, world):
    rows = [row.replace(";PA 8;", ";IGNOTO;") if "3312540003" in row else row for row in living_rows()]
    batch = load("lines", *rows, full=True)
    assert (batch.state, batch.rejected, batch.closed) == (State.DONE, 1, 0)
    assert Line.objects.get(number="3312540003").is_living


def test_nothing_is_ended_while_a_rejected_row_does_not_say_what_it_is_about(load, world):
    rows = [row for row in living_rows() if "3312540003" not in row]
    batch = load("lines", *rows, f"{A1};33125400O3;PA 8;ATTIVO;;;;;;;", full=True, brake=100)
    assert (batch.state, batch.closed) == (State.BRAKED, 0)
    assert Line.objects.get(number="3312540003").is_living


def test_a_line_moves_to_another_contract_of_its_organization_with_all_it_has(load, world, true_totals):
    line = world.line_postpaid
    load("lines", LINES, f"{A1};{line.number};PA 8;ATTIVO;01/04/2025;;Verdi;Paolo;;;")
    load("services", SERVICES, f"{A1};{line.number};RIF;RIF USCENTE;;ATTIVO;;;100;2,50")
    batch = load("lines", LINES, f"{A2};{line.number};PA 8;ATTIVO;01/04/2025;;Verdi;Paolo;;;")
    assert counts(batch) == (0, 1, 0, 0)
    line.refresh_from_db()
    assert line.contract == world.a2
    for rows in (line.sims, line.services, line.inventory, line.holdings.filter(ends_on=None)):
        assert set(rows.values_list("contract", flat=True)) == {world.a2.pk}
    assert line.holdings.filter(contract=world.a1).get().ends_on is not None
    true_totals()


def test_a_number_that_goes_to_another_organization_is_another_line(load, world, true_totals):
    number = world.line_postpaid.number
    batch = load("lines", LINES, f"{B1};{number};PA 8;ATTIVO;01/06/2026;;Altra;Persona;;;")
    assert counts(batch) == (1, 0, 0, 0)
    world.line_postpaid.refresh_from_db()
    assert (world.line_postpaid.state, world.line_postpaid.contract) == ("ceased", world.a1)
    assert Line.objects.living().get(number=number).contract == world.b1
    assert not InventoryRow.objects.filter(contract=world.a1, holder_name__contains="Altra").exists()
    true_totals()


@pytest.mark.parametrize("order", [0, 1])
def test_history_and_the_new_life_of_a_number_stand_in_one_file(load, world, order, true_totals):
    rows = [
        f"{A1};3312547228;PA 8;CESSATO;01/04/2025;31/05/2026;;;;;",
        f"{B1};3312547228;PA 8;ATTIVO;01/06/2026;;;;;;",
    ]
    rows = rows[::-1] if order else rows
    load("lines", LINES, *rows)
    lines = Line.objects.filter(number="3312547228").order_by("activated_on")
    assert [(one.contract.number, one.state, one.ceased_on) for one in lines] == [
        (A1, "ceased", date(2026, 5, 31)),
        (B1, "active", None),
    ]
    again = load("lines", LINES, *rows, "")
    assert counts(again) == (0, 0, 2, 0)
    true_totals()


def test_an_old_life_of_a_number_does_not_end_the_present_one(load, world):
    load("lines", LINES, f"{A1};3312547228;PA 8;CESSATO;01/02/2020;31/05/2022;;;;;")
    assert Line.objects.living().filter(number="3312547228").exists()
    assert Line.objects.filter(number="3312547228").count() == 2


def test_every_changed_line_leaves_its_old_and_new_values(load, world):
    load("lines", LINES, f"{A1};3312547228;PA 8;SOSPESO;01/04/2025;;;;;;")
    entry = AuditEntry.objects.get(action="feeds.line.changed")
    assert (entry.line_number, entry.contract_number, entry.source) == ("3312547228", A1, "feed")
    assert entry.changes == {"state": ["active", "suspended"]}
    assert "1 modificate" in AuditEntry.objects.get(action="feeds.batch.loaded").note


# --- What hangs on lines --------------------------------------------------------------------------------------
SIMS = "contratto;iccid;numero;ruolo;tipo;stato;attivazione;cessazione"
SERVICES = "contratto;numero;codice;descrizione;dettaglio;stato;attivazione;cessazione;quota_ente;canone"
DEVICES = "contratto;imei;nmu;servizio;descrizione;stato;attivazione;cessazione;canone;numero"
DUAL = "contratto;numero;codice;cognome;nome;codice_fiscale;stato;attivazione;cessazione"


def test_a_new_main_card_takes_the_place_of_the_old_one(load, world, true_totals):
    old = world.line_postpaid.sims.get()
    first = f"{A1};{old.iccid};3312547228;Principale;;;01/04/2025;"
    load("sims", SIMS, first)
    batch = load(
        "sims",
        SIMS,
        f"{A1};8939010001111111111;3312547228;Principale;;;01/06/2026;",
        f"{A1};8939010002222222222;3312547228;Secondaria;;ATTIVO;01/06/2026;",
        f"{A1};8939010003333333333;;;SIM M2M Standard (triple cut);;;",
    )
    assert (batch.state, counts(batch)) == (State.DONE, (3, 0, 0, 0))
    old.refresh_from_db()
    assert (old.line, old.state) == (None, "ceased")
    world.line_postpaid.refresh_from_db()
    assert world.line_postpaid.iccid == "8939010001111111111"
    assert set(InventoryRow.objects.filter(line=world.line_postpaid).values_list("role", flat=True)) == {
        "main",
        "secondary",
    }
    assert SimCard.objects.in_stock().get().kind == SimCard.Kind.M2M
    assert SimAssignment.objects.filter(line=world.line_postpaid, role="main", ends_on=None).count() == 1
    again = load("sims", SIMS, f"{A1};8939010001111111111;3312547228;Principale;;;01/06/2026;")
    assert counts(again) == (0, 0, 1, 0)
    true_totals()


def test_two_lines_may_exchange_their_cards(load, world, true_totals):
    one, other = world.line_postpaid.sims.get(), world.line_both.sims.get()
    batch = load("sims", SIMS, f"{A1};{one.iccid};3312540003;;;;;", f"{A1};{other.iccid};3312547228;;;;;")
    assert counts(batch) == (0, 2, 0, 0)
    assert SimCard.objects.get(iccid=one.iccid).line == world.line_both
    assert SimCard.objects.get(iccid=other.iccid).line == world.line_postpaid
    true_totals()


def test_cards_that_contradict_themselves_are_rejected(load, world):
    batch = load(
        "sims",
        SIMS,
        f"{A1};8939010001111111111;3319999999;;;;;",
        f"{A1};8939010001111111112;;;;ATTIVO;;",
        f"{A1};8939010001111111113;;;;CESSATO;;",
        f"{B1};8939010001111111114;3312547228;;;;;",
    )
    assert counts(batch) == (0, 0, 0, 4)


def test_services_begin_change_end_and_begin_again(load, world, true_totals):
    row = f"{A1};3312547228;APN;Filtro APN;internet.ente;{{}};01/01/2026;{{}};80;3,50"
    load("services", SERVICES, row.format("ATTIVO", ""))
    service = LineService.objects.supplementary().get()
    assert (service.detail, service.organization_share, str(service.fee)) == ("internet.ente", 80, "3.50")
    load("services", SERVICES, row.format("CESSATO", "31/03/2026"))
    load("services", SERVICES, row.replace("01/01", "01/06").format("ATTIVO", ""))
    assert set(LineService.objects.supplementary().values_list("state", flat=True)) == {"ceased", "active"}
    true_totals()


def test_a_full_file_of_services_leaves_plan_rows_alone(load, world, true_totals):
    load("services", SERVICES, f"{A1};3312547228;RIF;RIF USCENTE;;ATTIVO;;;;")
    batch = load(
        "services", SERVICES, f"{A1};3312547228;SAT;BLOCCO SATELLITARE;;ATTIVO;;;;", full=True, brake=50
    )
    plans = LineService.objects.filter(kind="plan", state="active").count()
    assert (batch.closed, plans) == (1, Line.objects.living().count())
    true_totals()


def test_devices_come_with_their_service_and_who_holds_them(load, world, true_totals):
    load("lines", LINES, f"{A1};3312547228;PA 8;ATTIVO;01/04/2025;;Verdi;Paolo;RSSMRA66A02F839D;;")
    row = "{};353042098000644;705935;{};Telefono;ATTIVO;01/05/2025;;4,00;{}"
    batch = load(
        "devices",
        DEVICES,
        row.format(A1, "NOLEGGIO", "3312547228"),
        row.format(A1, "manutenzione", "3312547228"),
    )
    assert counts(batch) == (2, 0, 0, 0)
    held = DeviceAssignment.objects.get()
    assert (held.tax_code, held.line, held.starts_on) == (
        "RSSMRA66A02F839D",
        world.line_postpaid,
        date(2025, 5, 1),
    )
    assert DeviceService.objects.search("3312547228").count() == 2
    assert counts(load("devices", DEVICES, row.format(A1, "NOLEGGIO", "3312547228"))) == (0, 0, 1, 0)

    load("devices", DEVICES, row.format(B1, "NOLEGGIO", ""))
    assert Device.objects.in_use().get().contract == world.b1
    assert not DeviceService.objects.living().filter(contract=world.a1).exists()
    assert DeviceAssignment.objects.get().ends_on is not None
    true_totals()


def test_tim_tuo_and_services_of_the_contract_are_loaded(load, world, true_totals):
    row = f"{A1};3312547228;{{}};Verdi;Paolo;RSSMRA66A02F839D;ATTIVO;01/06/2026;"
    assert counts(load("dual-billing", DUAL, row.format("888200090226"))) == (1, 0, 0, 0)
    assert counts(load("dual-billing", DUAL, row.format("888200093221"))) == (1, 0, 0, 0)
    assert world.line_postpaid.dual_billings.living().get().code == "888200093221"
    header = "contratto;codice;descrizione;stato;attivazione;cessazione"
    load("contract-services", header, f"{A1};TTC;TIM TUO A CONTRATTO;ATTIVO;01/01/2026;")
    full = load("contract-services", header, f"{A2};TTC;TIM TUO A CONTRATTO;ATTIVO;;", full=True, brake=50)
    assert full.closed == 1
    assert set(ContractService.objects.values_list("contract__number", "state")) == {
        (A1, "ceased"),
        (A2, "active"),
    }
    true_totals()


def test_a_living_service_on_an_ended_line_is_rejected(load, world):
    load("lines", LINES, f"{A1};3312547228;PA 8;CESSATO;01/04/2025;31/05/2026;;;;;")
    batch = load("services", SERVICES, f"{A1};3312547228;RIF;RIF USCENTE;;ATTIVO;;;;")
    assert reasons(batch) == {2: "La linea è cessata."}


# --- Who owns them --------------------------------------------------------------------------------------------
def test_plans_organizations_contracts_and_referents_are_loaded_in_their_order(load, world):
    kinds = [feed.kind for feed in registry.kinds()]
    assert kinds[:4] == ["organizations", "contracts", "referents", "plans"]
    load("plans", "codice;nome;tipo;consumo;canone", "m2m-pa-8;M2M PA 8;Abbonamento;Solo dati;1,20")
    assert str(TariffPlan.objects.get(code="m2m-pa-8").monthly_fee) == "1.20"
    load(
        "organizations",
        "codice_fiscale;descrizione;legale_cognome;sede_via;sede_indirizzo;sede_civico;sede_cap;sede_comune;sede_provincia",
        "00743110157;Provincia Nuova;Sindaco;Via;Larga;1;40100;Bologna;BO",
        "03160470831;Comune di Esempio;Legale;Via;Nuova;9;40121;Bologna;BO",
        "00743110158;Codice sbagliato;;;;;;;",
        "02070130816;Azienda Altrove;;Via;;;;;",
    )
    made = Organization.objects.get(tax_code="0000000743110157")
    assert made.registered_seat.municipality == "Bologna"
    world.a.refresh_from_db()
    assert world.a.registered_seat.street == "Nuova"
    contracts = "contratto;codice_fiscale_ente;convenzione;attivazione;fatture_via;fatture_indirizzo;fatture_civico;fatture_cap;fatture_comune;fatture_provincia"
    batch = load("contracts", contracts, "888010099999;743110157;8;01/01/2026;;;;;;")
    assert "codice_fiscale_ente" in reasons(batch)[2]
    load("contracts", contracts, "888010099999;00743110157;8;01/01/2026;Via;Larga;2;40100;Bologna;BO")
    contract = Contract.objects.get(number="888010099999")
    assert (contract.organization, contract.invoice_address.civic) == (made, "2")
    load("referents", REFERENTS, "888010099999;Master;RSSMRA66A02F839D;Rossi;Mario;3310000009;m@example.org")
    assert contract.master.mobile_number == "3310000009"


REFERENTS = "contratto;tipologia;codice_fiscale;cognome;nome;cellulare;email"


def test_a_referent_with_another_number_is_another_referent(load, world):
    load("referents", REFERENTS, f"{A1};Master;RSSMRA66A02F839D;Rossi;Maria;3312540001;nuova@example.org")
    assert world.a1.master.email == "nuova@example.org"
    assert Referent.objects.filter(contract=world.a1, role="master").count() == 1
    load("referents", REFERENTS, f"{A1};Master;RSSMRA66A02F839D;Rossi;Maria;3312540099;nuova@example.org")
    assert world.a1.master.mobile_number == "3312540099"
    assert Referent.objects.filter(contract=world.a1, role="master").exclude(valid_to=None).count() == 1


def test_a_full_file_of_referents_ends_the_others(load, world):
    batch = load(
        "referents", REFERENTS, f"{A1};Master;RSSMRA66A02F839D;Rossi;Maria;3312540001;m@example.org",
        full=True, brake=100,
    )  # fmt: skip
    assert batch.closed == 5
    assert Referent.objects.current().get().mobile_number == "3312540001"


# --- Files that want to do harm -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "vuoto"),
        (b"\xff\xfe\x00", "nulli"),
        ("città;ñ".encode("latin-1"), "UTF-8"),
        (b"contratto;numero;colore;profilo;stato\n", "sconosciute: colore"),
        (b"contratto;numero\n", "mancanti: profilo, stato"),
        (b"contratto;numero;profilo;stato;stato\n", "due volte"),
        (b"x" * 40_000, "lunga"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "UTF-8"),
    ],
)
def test_a_file_that_is_not_one_is_refused_with_a_reason_and_may_be_sent_again(load, raw, words):
    batch = load("lines", raw=raw)
    assert batch.state == State.REFUSED
    assert words in batch.message
    assert load("lines", raw=raw).pk != batch.pk


def test_hostile_rows_are_named_and_do_no_harm_to_their_neighbours(load, world, true_totals):
    good = f"{A1};33199900{{:02}};PA 8;ATTIVO;01/04/2025;;;;;;No".format
    hostile = [
        f'{A1};3319990050;"PA 8;ATTIVO;;;;;;;'.encode(),
        f'{A1};3319990051;PA 8;ATTIVO;;;"Ros"si";;;;'.encode(),
        f"{A1};3319990052;PA 8;ATTIVO;;;Ros\0si;;;;".encode(),
        f"{A1};3319990053;PA 8;ATTIVO;;;Nic\xf2;;;;".encode("latin-1"),
        f"{A1};3319990054;PA 8;ATTIVO;;;{'x' * 200_000};;;;".encode(),
        f"{A1};3319990055;PA 8;ATTIVO;;;Ros\x1b[31msi;;;;".encode(),
        f"{A1};3319990056;PA 8;ATTIVO;99999999999999999999/1/1;;;;;;".encode(),
        f"{A1};٣٣١٩٩٩٠٠٥٧;PA 8;ATTIVO;;;;;;;".encode(),
        b";" * 3_000,
        b"'; DROP TABLE lines_line; --;3319990058;PA 8;ATTIVO;;;;;;;",
    ]
    rows = [LINES.encode()]
    for number, bad in enumerate(hostile):
        rows += [good(number).encode(), bad]
    batch = load("lines", raw=b"\xef\xbb\xbf" + b"\r\n".join(rows))
    assert (batch.created, batch.rejected) == (len(hostile), len(hostile))
    assert set(reasons(batch)) == {3 + 2 * number for number in range(len(hostile))}
    assert all(reject.reason and len(reject.raw) <= 2_000 for reject in batch.rejects.all())
    true_totals()


def test_quoted_cells_may_hold_the_separator(load, world):
    load("lines", LINES, f'{A1};3319990001;PA 8;ATTIVO;;;"De Rossi; Neri";"Anna ""Nina""";;;')
    line = Line.objects.get(number="3319990001")
    assert (line.holder_last_name, line.holder_first_name) == ("De Rossi; Neri", 'Anna "Nina"')


def test_a_row_the_database_refuses_is_found_among_its_neighbours(load, world, monkeypatch):
    from django.db import IntegrityError

    feed = registry.get("lines")
    written = feed.after_saving

    def grumpy(self, merge):
        if any(line.number == "3319990007" for line in merge.created):
            raise IntegrityError
        written(self, merge)

    monkeypatch.setattr(feed, "after_saving", grumpy)
    rows = [f"{A1};33199900{n:02};PA 8;ATTIVO;;;;;;;" for n in range(20)]
    batch = load("lines", LINES, *rows)
    assert (batch.created, reasons(batch)) == (19, {9: "La riga contraddice i dati già presenti."})


def test_a_run_that_breaks_off_may_be_done_again(load, world, monkeypatch):
    feed = registry.get("lines")
    monkeypatch.setattr(feed, "batch_size", 1)
    finish = feed.finish

    def dies(self, seen):
        raise MemoryError

    monkeypatch.setattr(feed, "finish", dies)
    rows = [LINES, f"{A1};3319990001;PA 8;ATTIVO;;;;;;;", f"{A1};3319990002;PA 8;ATTIVO;;;;;;;"]
    with pytest.raises(MemoryError):
        load("lines", *rows)
    assert FeedBatch.objects.get().state == State.FAILED
    monkeypatch.setattr(feed, "finish", finish)
    assert counts(load("lines", *rows)) == (0, 0, 2, 0)


def test_a_run_that_was_killed_is_taken_up_again(load, world, tmp_path, capsys):
    path = tmp_path / "killed.csv"
    path.write_text(f"{LINES}\n{A1};3319990001;PA 8;ATTIVO;;;;;;;\n")
    services.load_path(kind="lines", path=path)
    FeedBatch.objects.update(state=State.RUNNING)
    call_command("import_feed", "lines", str(path))
    assert FeedBatch.objects.get().state == State.RUNNING
    call_command("import_feed", "lines", str(path), resume=True)
    batch = FeedBatch.objects.get()
    assert (batch.state, counts(batch)) == (State.DONE, (0, 0, 1, 0))


def test_the_command_fails_aloud_where_a_file_was_not_loaded(world, tmp_path):
    path = tmp_path / "wrong.csv"
    path.write_text("colore\nrosso\n")
    with pytest.raises(CommandError, match="colore"):
        call_command("import_feed", "lines", str(path))
    with pytest.raises(CommandError, match="not a file"):
        call_command("import_feed", "lines", str(tmp_path / "nowhere.csv"))


def test_memory_does_not_grow_with_the_file(load, world):
    """Good rows and bad ones by turns: what is held is a batch, not the file."""
    good = f"{A1};3312547228;PA 8;ATTIVO;01/04/2025;;;;;;No"

    def peak(pairs):
        bad = (f"{A1};33199{n:05};IGNOTO;ATTIVO;;;Rossi;Maria;;CDC;" for n in range(pairs))
        text = "\n".join([LINES, *(f"{good}\n{row}" for row in bad)])
        tracemalloc.start()
        batch = load("lines", raw=text.encode())
        reached = tracemalloc.get_traced_memory()[1] - len(text)
        tracemalloc.stop()
        assert counts(batch) == (0, 0, pairs, pairs)
        return reached

    small = peak(2_000)
    assert peak(10_000) < small + 1024 * 1024


# --- The console ----------------------------------------------------------------------------------------------
def test_staff_send_a_file_and_fetch_what_was_rejected(world, enter, commit):
    browser = enter(world.supervisor)
    text = f"{LINES}\n{A1};3319990001;PA 8;ATTIVO;;;;;;;\n=1+1;3319990002;PA 8;ATTIVO;;;;;;;\n"
    page = reverse("admin:contracts_feedbatch_add")
    assert browser.get(page).status_code == 200
    for _time in range(2):
        upload = SimpleUploadedFile("linee.csv", text.encode())
        with commit():
            sent = browser.post(page, {"kind": "lines", "mode": "delta", "brake": "10", "file": upload})
        assert sent.status_code == 302
    work_all()
    batch = FeedBatch.objects.get()
    assert (batch.state, batch.created, batch.rejected, batch.owner) == (State.DONE, 1, 1, world.supervisor)
    listed = browser.get(reverse("admin:contracts_feedbatch_changelist"))
    assert "linee.csv" in listed.content.decode()
    assert browser.get(reverse("admin:contracts_feedbatch_change", args=(batch.pk,))).status_code == 200
    rejects = browser.get(reverse("admin:contracts_feedbatch_rejects", args=(batch.pk,)))
    content = b"".join(rejects.streaming_content).decode("utf-8-sig")
    assert content.splitlines()[1].startswith("3;Colonna «contratto»")
    assert "'=1+1;3319990002" in content


def test_a_bad_upload_says_what_is_wrong_and_stores_nothing(world, enter):
    browser = enter(world.supervisor)
    page = browser.post(
        reverse("admin:contracts_feedbatch_add"), {"kind": "boh", "mode": "full", "brake": "900"}
    )
    assert page.status_code == 200
    assert set(page.context["adminform"].form.errors) == {
        "kind",
        "brake",
        "file",
    }
    assert not FeedBatch.objects.exists()


def test_nobody_but_staff_reads_what_was_rejected(world, enter, load):
    batch = load("lines", LINES, f"{A1};3319;PA 8;ATTIVO;;;;;;;")
    address = reverse("admin:contracts_feedbatch_rejects", args=(batch.pk,))
    assert enter(world.roa).get(address).status_code in (302, 403, 404)
