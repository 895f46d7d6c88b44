"""Analyses: the same figures on the page, in the file and counted anew; one's own rights and nobody else's."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.ebill import reports
from billing.ebill import services as ebill
from billing.ebill.splitting import Share
from billing.models import LineMonth, OutsideModule, SavedAnalysis
from billing.tem.engine import run
from billing.tem.forms import AnalysisForm, query_dict
from portal.contracts.access import Access
from portal.contracts.models import Referent
from tests import world as make
from tests.billing import events
from tests.billing.tem.story import centre

pytestmark = pytest.mark.django_db
PAGE = "/billing/tem/analisi/"


def page():
    return reverse("billing:tem-analysis")


def csv_of(answer) -> list[dict]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def amount(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", "."))


def analysed(access, **asked):
    form = AnalysisForm(
        query_dict({name: [str(v) for v in values] for name, values in asked.items()}), access=access
    )
    assert form.is_valid(), form.errors
    return run(form.analysis())


@pytest.mark.accepts("A-B05-1")
def test_a_kept_view_says_the_same_as_its_file_and_as_a_recount_of_the_events(story, world, enter):
    browser = enter(world.roa)
    asked = {
        "misura": "spesa", "per": "mese", "periodo": "6-mesi", "tipo": ["0", "2"], "zona": ["0", "1"],
        "linee": f"{world.line_postpaid.number}, +39 {world.line_both.number}",
    }  # fmt: skip
    address = (
        f"{page()}?{query_dict({k: v if isinstance(v, list) else [v] for k, v in asked.items()}).urlencode()}"
    )
    kept = browser.post(address, {"save": "new", "name": "Voce e dati", "monthly": ""}, follow=True)
    shown = {row.key: kept.context["result"].unit.said(row.total) for row in kept.context["result"].rows}
    saved = SavedAnalysis.objects.get()

    recount: dict[date, Decimal] = defaultdict(Decimal)
    with story.path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            mine = row["numero"] in (world.line_postpaid.number, world.line_both.number)
            kind = row["categoria"] in ("Voce", "Dati") and row["zona"] in ("Nazionale", "UE")
            if mine and kind and row["pagante"] == "Aziendale":
                at = events.datetime.strptime(row["istante"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=events.UTC)
                recount[at.astimezone(events.ROME).date().replace(day=1)] += amount(row["netto"])
    assert {month: value for month, value in shown.items() if value} == {
        month: value.quantize(Decimal("0.01"), "ROUND_HALF_UP") for month, value in recount.items() if value
    }
    assert sum(recount.values()) > 10

    query = kept.redirect_chain[-1][0].partition("?")[2]
    rows = csv_of(browser.get(f"{reverse('billing:tem-file', args=['csv'])}?{query}"))
    in_file = {row["Mese"]: amount(row["Spesa netta €"]) for row in rows}
    assert in_file == {f"{month:%d/%m/%Y}": value for month, value in shown.items()}

    again = browser.get(reverse("billing:tem-saved", args=[saved.pk]), follow=True)
    assert again.context["saved"] == saved
    assert [row.units for row in again.context["result"].rows] == [
        row.units for row in kept.context["result"].rows
    ]


def test_every_grouping_adds_up_to_the_same_whole_and_reads_no_event(story, world):
    access = Access.load(world.roa)
    whole = {}
    with CaptureQueriesContext(connection) as queries:
        for group in ("mese", "giorno", "tipo", "zona", "contratto", "sede", "profilo", "centro"):
            for parts in ("", "tipo", "zona"):
                for measure in ("spesa", "eventi"):
                    result = analysed(
                        access, per=[group], parti=[parts], misura=[measure], periodo=["3-mesi"]
                    )
                    whole.setdefault(measure, set()).add(sum(row.total for row in result.rows))
    assert all(len(found) == 1 for found in whole.values()), whole
    assert min(min(found) for found in whole.values()) > 0
    assert [q["sql"] for q in queries if "trafficevent" in q["sql"]] == []


def test_what_employees_pay_themselves_and_other_contracts_are_in_no_figure(story, world, enter):
    result = analysed(Access.load(world.roa), per=["zona"], misura=["eventi"], periodo=["12-mesi"])
    company = LineMonth.objects.filter(contract=world.a1, payer=0).totals()
    events_all = sum(company[f"{kind}_events"] for kind in ("voice", "message", "data", "service"))
    assert sum(row.total for row in result.rows) == events_all
    stranger = enter(world.outsider).get(page(), {"linee": world.line_postpaid.number})
    assert "Non sono linee del contratto" in stranger.content.decode()


def test_units_are_said_as_people_say_them(story, world):
    access = Access.load(world.roa)
    sums = LineMonth.objects.filter(contract=world.a1, payer=0).totals()
    said = {
        measure: analysed(access, per=["zona"], misura=[measure], periodo=["12-mesi"]).total
        for measure in ("minuti", "mb", "sms", "spesa")
    }
    assert said["minuti"] == (Decimal(sums["voice_seconds"]) / 60).quantize(Decimal("0.1"), "ROUND_HALF_UP")
    assert said["mb"] == (Decimal(sums["data_kb"]) / 1024).quantize(Decimal("0.1"), "ROUND_HALF_UP")
    assert said["sms"] == sums["message_pieces"]


# --- Cost centres -----------------------------------------------------------------------------------------------
def test_money_by_cost_centre_follows_the_dates_and_divides_exactly(story, world):
    direction, school = centre(world.a1, "DIR"), centre(world.a1, "SCU")
    below = centre(world.a1, "SCU-1", school)

    def assign(line, on, *shares):
        split = ebill.split_of(contract_id=world.a1.pk, shares=shares)
        ebill.assign(lines=[line.pk], split=split, on=on, contract=world.a1)

    assign(world.line_postpaid, date(2026, 8, 1), Share(direction.pk, percent=Decimal(100)))
    assign(world.line_postpaid, date(2026, 10, 1), Share(below.pk, percent=Decimal(100)))
    assign(world.line_both, date(2026, 9, 1), Share(direction.pk, fixed=Decimal("0.50")),
           Share(school.pk, percent=Decimal(33)), Share(below.pk, percent=Decimal(67)))  # fmt: skip
    access = Access.load(world.roa)
    result = analysed(access, per=["centro"], periodo=["6-mesi"])
    shown = {row.label: row.total for row in result.rows}

    def net(line, *months):
        sums = LineMonth.objects.filter(line=line, payer=0, month__in=months).totals()
        return sum(sums[f"{kind}_net"] for kind in ("voice", "message", "data", "service"))

    months = [date(2026, n, 1) for n in (9, 10, 11)]
    shared = {direction: 0, school: 0, below: 0}
    for month in months:
        split = ebill.split_of(contract_id=world.a1.pk, shares=(
            Share(direction.pk, fixed=Decimal("0.50")), Share(school.pk, percent=Decimal(33)), Share(below.pk, percent=Decimal(67))))  # fmt: skip
        for share, units in zip(reports.shares_of({split.pk})[split.pk], reports.unit_parts(net(world.line_both, month), reports.shares_of({split.pk})[split.pk]), strict=True):  # fmt: skip
            shared[next(one for one in shared if one.pk == share.centre)] += units
    assert (
        shown[str(direction)]
        == net(world.line_postpaid, date(2026, 8, 1), date(2026, 9, 1)) + shared[direction]
    )
    assert shown[str(below)] == net(world.line_postpaid, *months[1:]) + shared[below]
    assert shown[str(school)] == shared[school]
    assert result.total == analysed(access, per=["mese"], periodo=["6-mesi"]).total

    minutes = analysed(access, per=["centro"], misura=["minuti"], periodo=["6-mesi"])
    assert "Ripartite tra più centri" in {row.label for row in minutes.rows}
    one = analysed(access, per=["mese"], periodo=["6-mesi"], centro=[school.pk], misura=["eventi"])
    of_both = LineMonth.objects.filter(line=world.line_both, payer=0, month__gte=date(2026, 9, 1)).totals()
    of_postpaid = LineMonth.objects.filter(
        line=world.line_postpaid, payer=0, month__gte=date(2026, 10, 1)
    ).totals()
    assert sum(row.total for row in one.rows) == sum(
        sums[f"{kind}_events"]
        for sums in (of_both, of_postpaid)
        for kind in ("voice", "message", "data", "service")
    )


# --- The form ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"periodo": "scelto"}, "dal", "Indica il giorno."),
        ({"periodo": "scelto", "dal": "2026-11-02", "al": "2026-11-01"}, "al", "viene prima"),
        ({"periodo": "scelto", "dal": "2020-01-01", "al": "2026-11-01"}, "al", "tre anni"),
        ({"periodo": "scelto", "dal": "2026-01-05", "al": "2026-11-01", "per": "linea"}, "periodo", "6 mesi"),
        ({"misura": "minuti", "tipo": "2"}, "misura", "non riguarda"),
        ({"linee": "12"}, "linee", "numero di cellulare"),
        ({"linee": "3399999999"}, "linee", "Non sono linee"),
        ({"per": "linea", "parti": "tipo"}, "parti", "colonne"),
        ({"periodo": "ieri"}, "periodo", "Scegli un'opzione"),
        ({"misura": "x", "per": "y", "tipo": "z", "dal": "31/02/2026"}, "dal", "data"),
    ],
)  # fmt: skip
def test_wrong_input_is_named_beside_its_field_and_kept(asked, field, words, world, enter):
    answer = enter(world.ebill).get(page(), asked)
    form = answer.context["form"]
    assert words in " ".join(form.errors[field]) and "chart" not in answer.context
    assert all(value in answer.content.decode() for value in asked.values() if field == "linee")
    gone = enter(world.ebill).get(reverse("billing:tem-file", args=["csv"]), asked)
    assert gone.status_code == 302


def test_lines_are_ranked_listed_and_leave_as_files(story, world, enter):
    browser = enter(world.ebill)
    answer = browser.get(page(), {"per": "linea", "misura": "mb", "periodo": "12-mesi"})
    rows = list(answer.context["list"].page.object_list)
    assert [row["value"] for row in rows] == sorted((row["value"] for row in rows), reverse=True)
    assert len(answer.context["chart"].bars) == len(rows) == 5
    found = browser.post(
        f"{page()}?per=linea&misura=mb&periodo=12-mesi", {"list": "list", "export": "csv:all"}
    )
    in_file = csv_of(found)
    assert [amount(row["Dati MB"]) for row in in_file] == [bar.value for bar in answer.context["chart"].bars]


def test_several_contracts_are_looked_at_together_each_in_its_own_rights(story, world):
    make.referent(world.b1, Referent.Role.EBILL, "3312540001", "Maria", "Rossi")
    access = Access.load(world.roa, world.a1.pk)
    both = analysed(
        access,
        per=["contratto"],
        misura=["eventi"],
        contratto=[world.a1.pk, world.b1.pk],
        periodo=["12-mesi"],
    )
    assert {row.label for row in both.rows} == {world.a1.number, world.b1.number}
    one = analysed(access, per=["contratto"], misura=["eventi"], periodo=["12-mesi"])
    assert {row.label for row in one.rows} == {world.a1.number}
    Referent.objects.filter(contract=world.b1, mobile_number="3312540001").delete()
    access = Access.load(world.roa, world.a1.pk)
    form = AnalysisForm(query_dict({"contratto": [str(world.b1.pk)]}), access=access)
    assert not form.is_valid() or {a.contract for a in form.analysis().accesses} == {world.a1}


@pytest.mark.accepts("A-7.4.9-1")
def test_the_module_is_ours_or_the_contracts_own_elsewhere(world, enter, story):
    browser = enter(world.ebill)
    ours = browser.get(reverse("billing:tem"))
    assert ours.status_code == 200 and "Analisi pronte" in ours.content.decode()
    OutsideModule.objects.create(contract=world.a1, module="tem", address="https://tem.example.it/entra")
    for name in ("tem", "tem-analysis", "tem-waste", "tem-peaks"):
        away = browser.get(reverse(f"billing:{name}")).content.decode()
        assert 'href="https://tem.example.it/entra" target="_blank" rel="noopener noreferrer"' in away
        assert "blocco dei pop-up" in away and "Analisi pronte" not in away
    assert enter(world.traffic).get(reverse("billing:tem")).status_code == 403
