"""Files of a list: at once or in the background, with the same rows, columns and order as the page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from lines.models import Line, TariffPlan
from portal import clock
from portal.audit.models import AuditEntry
from portal.contracts.models import Referent
from portal.jobs import services as jobs
from portal.jobs.models import Job
from portal.lists import services, tasks
from portal.lists.models import ExportJob
from tests.portal.lists.demo import LineList
from tests.world import line

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.lists.demo")]
LINES, QUEUED = "/prova/linee/", "/prova/accodate/"


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def only_export() -> ExportJob:
    return ExportJob.objects.get()


def page_of(browser: Client) -> str:
    return " ".join(browser.get("/export/").content.decode().split())


# --- At once ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_file_has_the_rows_order_and_columns_of_the_page(twenty_two, enter, rows_of, file_format):
    browser = enter(twenty_two.roa)
    browser.post(LINES, {"columns": "save", "column": ["state", "activated_on"]})
    response = browser.post(f"{LINES}?stato=suspended&ordina=-number", {"export": f"{file_format}:all"})
    header, *rows = rows_of(response)
    assert header == ["Numero", "Data Attivazione", "Stato"]
    wanted = Line.objects.filter(contract=twenty_two.a1, state="suspended").order_by("-number")
    assert [row[0] for row in rows] == [found.number for found in wanted]
    assert {row[2] for row in rows} == {"SOSPESO"}
    assert response["Content-Disposition"].startswith('attachment; filename="ProvaLinee_')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"


def test_the_page_alone_or_everything_found(twenty_two, enter, rows_of):
    browser = enter(twenty_two.roa)
    page = rows_of(browser.post(f"{LINES}?pagina=3", {"export": "csv:page"}))
    assert len(page) == 1 + 2
    assert page[1][0] == browser.get(f"{LINES}?pagina=3").context["list"].page.object_list[0].number
    assert len(rows_of(browser.post(f"{LINES}?pagina=3", {"export": "csv:all"}))) == 1 + 22


def test_the_menu_offers_what_is_declared_and_nothing_else_is_served(twenty_two, enter):
    browser = enter(twenty_two.roa)
    offered = browser.get(QUEUED).content.decode()
    assert 'value="xlsx:all"' in offered
    assert 'value="csv:all"' in offered
    assert ":page" not in offered
    for wrong in ("pdf:all", "csv:page", "", "csv:everything", "__class__:all"):
        assert browser.post(QUEUED, {"export": wrong}).status_code == 400


def test_a_download_leaves_its_line_in_the_register(twenty_two, enter):
    enter(twenty_two.roa).post(LINES, {"export": "csv:all"})
    entry = AuditEntry.objects.get(action=services.DOWNLOADED)
    assert (entry.actor, entry.contract_number) == (twenty_two.roa, "888010088938")
    assert entry.changes == {"rows": [None, 22]}


def test_who_cannot_open_the_exports_is_never_sent_there(twenty_two, enter, rows_of, monkeypatch):
    """The traffic manager has lists, but not 7.2.4: the file comes at once, however long."""
    monkeypatch.setattr(LineList, "function", "7.5.6")
    monkeypatch.setattr("portal.lists.actions.DIRECT_ROWS", 5)
    assert len(rows_of(enter(twenty_two.traffic).post(LINES, {"export": "csv:all"}))) == 23
    assert not ExportJob.objects.exists()


# --- In the background --------------------------------------------------------------------------------------
def test_ten_thousand_rows_come_at_once(many_lines, enter, rows_of):
    world = many_lines(10_000 - 3)
    assert len(rows_of(enter(world.roa).post(LINES, {"export": "csv:all"}))) == 10_001
    assert not ExportJob.objects.exists()


@pytest.mark.accepts("A-B03-1")
def test_ten_thousand_and_one_rows_are_queued_show_progress_and_can_be_cancelled(
    many_lines, enter, rows_of, monkeypatch
):
    world = many_lines(10_001 - 3)
    browser = enter(world.roa)
    answer = browser.post(LINES, {"export": "csv:all"}, follow=True)
    assert "I miei Export" in answer.content.decode()
    assert "Puoi lasciare la pagina" in answer.content.decode()
    export = only_export()
    assert export.state == "running"

    seen = []
    step = jobs.Run.step

    def watched(run, *args, **kwargs):
        step(run, *args, **kwargs)
        seen.append(Job.objects.get(pk=run.job.pk).percent)
        if 0 < seen[-1] < 100 and len(seen) < 4:
            assert f"{seen[-1]}%" in page_of(browser)  # another browser sees it while it runs

    monkeypatch.setattr(jobs.Run, "step", watched)
    jobs.work(export.job_id)
    assert any(0 < percent < 100 for percent in seen)
    assert seen == sorted(seen)
    export.refresh_from_db()
    assert (export.state, export.rows) == ("completed", 10_001)
    assert len(rows_of(browser.get(f"/export/{export.pk}/scarica/"))) == 10_002

    browser.post(f"{LINES}?ordina=-number", {"export": "csv:all"})
    second = ExportJob.objects.latest("pk")

    def cancelled_half_way(run, *args, **kwargs):
        step(run, *args, **kwargs)
        if run.job.done > 3000 and not Job.objects.get(pk=run.job.pk).cancel_asked:
            browser.post(f"/export/{second.pk}/annulla/")

    monkeypatch.setattr(jobs.Run, "step", cancelled_half_way)
    jobs.work(second.job_id)
    second.refresh_from_db()
    assert second.state == "cancelled"
    assert not second.file
    assert 0 < second.job.done < 10_001
    assert "ANNULLATO" in page_of(browser)
    assert browser.get(f"/export/{second.pk}/scarica/").status_code == 302


def test_a_list_declared_so_is_always_queued(twenty_two, enter):
    enter(twenty_two.roa).post(QUEUED, {"export": "xlsx:all"})
    assert only_export().type == "ConsistenzaDettaglioLinee"


def test_the_waiting_file_keeps_filters_order_and_columns_of_its_moment(twenty_two, enter, rows_of):
    browser = enter(twenty_two.roa)
    browser.post(f"{QUEUED}?stato=suspended&ordina=-number&pagina=1", {"export": "csv:all"})
    browser.post(QUEUED, {"columns": "save", "column": ["plan"]})
    jobs.work_all()
    header, *rows = rows_of(browser.get(f"/export/{only_export().pk}/scarica/"))
    assert header == ["Numero", "Profilo Tariffario", "Data Attivazione", "Stato"]
    wanted = Line.objects.filter(contract=twenty_two.a1, state="suspended").order_by("-number")
    assert [row[0] for row in rows] == [found.number for found in wanted]


def test_a_waiting_page_is_as_long_as_the_reader_had_it(twenty_two, enter, rows_of, monkeypatch):
    monkeypatch.setattr("portal.lists.actions.DIRECT_ROWS", 5)
    browser = enter(twenty_two.roa)
    browser.post(LINES, {"size": "25"})
    browser.post(LINES, {"export": "csv:page"})
    jobs.work_all()
    assert len(rows_of(browser.get(f"/export/{only_export().pk}/scarica/"))) == 1 + 22


def test_asking_twice_while_the_first_runs_gives_one_file(twenty_two, enter):
    browser = enter(twenty_two.roa)
    for _again in range(3):
        browser.post(QUEUED, {"export": "csv:all"})
    assert ExportJob.objects.count() == 1
    browser.post(QUEUED, {"export": "xlsx:all"})
    assert ExportJob.objects.count() == 2


def test_a_job_run_twice_leaves_one_file(twenty_two, enter, tmp_path):
    enter(twenty_two.roa).post(QUEUED, {"export": "csv:all"})
    export = only_export()
    jobs.work(export.job_id)
    Job.objects.update(
        state=Job.State.RUNNING, lease_until=clock.now() - timedelta(seconds=1)
    )  # its worker died
    jobs.work(export.job_id)
    export.refresh_from_db()
    assert export.state == "completed"
    assert [path.name for path in (tmp_path / "exports").iterdir()] == [f"{export.token.hex}.csv"]


def test_a_worker_that_dies_half_way_leaves_the_export_to_the_next(twenty_two, enter, rows_of, monkeypatch):
    browser = enter(twenty_two.roa)
    browser.post(QUEUED, {"export": "csv:all"})
    export = only_export()
    with monkeypatch.context() as patch:
        patch.setattr(tasks.writers, "write_batches", lambda *a, **k: (_ for _ in ()).throw(OSError("disk")))
        jobs.work(export.job_id)
    export.refresh_from_db()
    assert export.state == "running"  # another attempt is due
    Job.objects.update(run_after=clock.now())
    jobs.work(export.job_id)
    assert len(rows_of(browser.get(f"/export/{export.pk}/scarica/"))) == 23


def test_a_fault_that_stays_ends_in_words(twenty_two, enter, monkeypatch, settings):
    settings.JOB_ATTEMPTS = 1
    monkeypatch.setattr(
        tasks.writers, "write_batches", lambda *a, **k: (_ for _ in ()).throw(OSError("/secret/path"))
    )
    browser = enter(twenty_two.roa)
    browser.post(QUEUED, {"export": "csv:all"})
    jobs.work_all()
    page = page_of(browser)
    assert "FALLITO" in page
    assert "Non siamo riusciti a preparare il file" in page
    assert "OSError" not in page
    browser.post(f"/export/{only_export().pk}/elimina/")
    assert not ExportJob.objects.exists()


# --- No more than who asked ---------------------------------------------------------------------------------
CANARY = "CANARINO"


def test_no_file_of_one_administration_carries_a_word_of_another(twenty_two, enter, rows_of):
    stranger = line(twenty_two.b1, "3799999999")
    stranger.plan = TariffPlan.objects.create(code=CANARY, name=CANARY)
    stranger.save()
    browser = enter(twenty_two.roa)
    browser.post(QUEUED, {"export": "csv:all"})
    browser.post(QUEUED, {"export": "xlsx:all"})
    jobs.work_all()
    for query in ("", "?linea=3799999999", "?linea=379", "?contract=3&contract__id=3&ordina=plan"):
        for file_format in ("csv", "xlsx"):
            rows = rows_of(browser.post(f"{LINES}{query}", {"export": f"{file_format}:all"}))
            assert CANARY not in str(rows)
            assert "3799999999" not in str(rows)
    for export in ExportJob.objects.all():
        assert CANARY not in str(rows_of(browser.get(f"/export/{export.pk}/scarica/")))
    theirs = rows_of(enter(twenty_two.outsider).post(LINES, {"export": "csv:all"}))
    assert CANARY in str(theirs)  # the canary sings where it may


def test_who_loses_the_role_before_the_file_is_written_gets_none(twenty_two, enter):
    browser = enter(twenty_two.roa)
    browser.post(QUEUED, {"export": "csv:all"})
    Referent.objects.filter(contract=twenty_two.a1, role="master").update(valid_to=clock.now())
    jobs.work_all()
    export = only_export()
    assert export.state == "failed"
    assert export.failure == "Non sei più referente di questo contratto."
    assert not export.file


def test_who_keeps_the_contract_but_not_the_function_gets_none(twenty_two, enter):
    browser = enter(twenty_two.roa)
    browser.post(QUEUED, {"export": "csv:all"})
    Referent.objects.filter(contract=twenty_two.a1, role="master").update(role="messaging")
    jobs.work_all()
    assert only_export().failure == "Non hai più il ruolo che serve per questo elenco."


def test_who_loses_the_role_after_it_was_written_cannot_take_it(twenty_two, enter):
    browser = enter(twenty_two.roa)
    browser.post(QUEUED, {"export": "csv:all"})
    jobs.work_all()
    address = f"/export/{only_export().pk}/scarica/"
    assert browser.get(address).status_code == 200
    Referent.objects.filter(contract=twenty_two.a1, role="master").update(role="messaging")
    assert browser.get(address).status_code == 403
