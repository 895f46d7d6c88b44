"""«I miei Export» (7.2.4)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.jobs import services as jobs
from portal.lists import services, tasks
from portal.lists.models import KEPT, ExportJob

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.lists.demo")]
QUEUED, PAGE = "/prova/accodate/", "/export/"


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def asked(twenty_two, enter):
    """A file the ROA has asked for, and her browser."""
    browser = enter(twenty_two.roa)
    browser.post(QUEUED, {"export": "csv:all"})
    return browser, ExportJob.objects.get()


def words(browser) -> str:
    return " ".join(browser.get(PAGE).content.decode().split())


@pytest.mark.accepts("A-7.2.4-1")
def test_a_file_is_being_written_then_complete_and_only_then_can_be_taken(asked):
    browser, export = asked
    page = words(browser)
    assert "IN ELABORAZIONE" in page
    assert "COMPLETATO" not in page
    assert f"{export.pk}/scarica/" not in page
    assert browser.get(f"/export/{export.pk}/scarica/").status_code == 302
    jobs.work_all()
    refreshed = browser.get(_aggiorna(page)).content.decode()
    assert "COMPLETATO" in refreshed
    assert "IN ELABORAZIONE" not in refreshed
    assert f"/export/{export.pk}/scarica/" in refreshed
    assert browser.get(f"/export/{export.pk}/scarica/").status_code == 200


def _aggiorna(page: str) -> str:
    """Where the button leads."""
    return re.search(r'href="([^"]*)">(?:(?!</a>).)*AGGIORNA', page)[1]


@pytest.mark.accepts("A-7.2.4-2")
def test_the_bin_removes_the_request_and_its_file(asked, tmp_path, commit):
    browser, export = asked
    jobs.work_all()
    assert len(list((tmp_path / "exports").iterdir())) == 1
    with commit():
        browser.post(f"/export/{export.pk}/elimina/")
    assert not ExportJob.objects.exists()
    assert list((tmp_path / "exports").iterdir()) == []
    assert "Non hai ancora chiesto nessun export." in words(browser)
    assert browser.get(f"/export/{export.pk}/scarica/").status_code == 404


@pytest.mark.accepts("A-7.2.4-2")
@pytest.mark.parametrize("stranger", ["ebill", "outsider"])
def test_another_persons_file_is_as_if_it_did_not_exist(asked, twenty_two, enter, stranger):
    _browser, export = asked
    jobs.work_all()
    other = enter(getattr(twenty_two, stranger))
    assert "ConsistenzaDettaglioLinee" not in words(other)
    assert other.get(f"/export/{export.pk}/scarica/").status_code == 404
    assert other.get(f"/export/{export.pk}/stato/").status_code == 404
    assert other.post(f"/export/{export.pk}/elimina/").status_code == 404
    assert other.post(f"/export/{export.pk}/annulla/").status_code == 404
    assert ExportJob.objects.filter(pk=export.pk).exists()


@pytest.mark.accepts("A-7.2.4-3")
def test_types_are_written_as_the_catalogue_has_them_newest_first(twenty_two, enter, at):
    for hour, (address, kind) in enumerate(
        [(QUEUED, "csv:all"), ("/prova/solo/", "xlsx:all"), (QUEUED, "xlsx:all")], start=8
    ):
        with at(2027, 1, 20, hour):
            enter(twenty_two.roa).post(address, {"export": kind})
    with at(2027, 1, 20, 12):
        listing = enter(twenty_two.roa).get(PAGE).context["list"]
    assert [(e.type, e.format) for e in listing.page.object_list] == [
        ("ConsistenzaDettaglioLinee", "xlsx"),
        ("ConsistenzaDettaglioTimTuoRic", "xlsx"),
        ("ConsistenzaDettaglioLinee", "csv"),
    ]
    assert [str(h.label) for h, _url in listing.headers] == [
        "Data richiesta",
        "Tipo richiesta",
        "Stato richiesta",
        "Scarica",
        "Elimina",
    ]
    assert [bool(url) for _h, url in listing.headers] == [True, True, True, False, False]


def test_binning_a_file_that_is_being_written_stops_its_job(asked, tmp_path):
    browser, export = asked
    browser.post(f"/export/{export.pk}/elimina/")
    export.job.refresh_from_db()
    assert export.job.state == "cancelled"
    jobs.work_all()
    assert not (tmp_path / "exports").exists()


def test_a_request_binned_while_its_last_row_is_written_leaves_no_file(asked, tmp_path, monkeypatch):
    _browser, export = asked
    write = tasks.writers.write_batches

    def written(*args, **kwargs):
        count = write(*args, **kwargs)
        ExportJob.objects.filter(pk=export.pk).delete()
        return count

    monkeypatch.setattr(tasks.writers, "write_batches", written)
    jobs.work(export.job_id)
    assert list((tmp_path / "exports").iterdir()) == []


def test_the_state_alone_is_asked_for_without_keeping_the_session_awake(asked):
    browser, export = asked
    page = browser.get(PAGE).content.decode()
    assert f'hx-get="/export/{export.pk}/stato/"' in page
    assert """hx-headers='{"X-Poll": "1"}'""" in page
    waiting = browser.get(f"/export/{export.pk}/stato/", HTTP_X_POLL="1")
    assert "HX-Trigger" not in waiting
    jobs.work_all()
    done = browser.get(f"/export/{export.pk}/stato/", HTTP_X_POLL="1")
    assert done["HX-Trigger"] == "exports-changed"
    assert "hx-get" not in done.content.decode()


def test_files_go_after_thirty_days_and_their_line_says_so(asked, twenty_two, enter, tmp_path):
    _browser, export = asked
    jobs.work_all()
    export.refresh_from_db()
    late = export.expires_at + timedelta(minutes=1)
    assert (export.expires_at - export.requested_at).days == 30
    with clock.use(export.expires_at - timedelta(minutes=1)):
        tasks.purge_expired()
        assert enter(twenty_two.roa).get(f"/export/{export.pk}/scarica/").status_code == 200
    with clock.use(late):
        assert services.purge_exports() == 1
        assert list((tmp_path / "exports").iterdir()) == []
        assert ExportJob.objects.get().state == "expired"
        assert "SCADUTO" in words(enter(twenty_two.roa))
        assert ExportJob.objects.with_state().get().shown_state == "expired"
    with clock.use(late + KEPT):
        services.purge_exports()
    assert not ExportJob.objects.exists()


def test_a_file_that_has_vanished_is_a_message_not_a_fault(asked):
    browser, export = asked
    jobs.work_all()
    export.refresh_from_db()
    export.file.storage.delete(export.file.name)
    answer = browser.get(f"/export/{export.pk}/scarica/", follow=True)
    assert "Il file non si trova più" in answer.content.decode()


def test_the_state_in_sql_is_the_state_in_words(asked):
    _browser, export = asked
    for job_state in ("queued", "running", "done", "failed", "cancelled"):
        export.job.__class__.objects.filter(pk=export.job_id).update(state=job_state)
        found = ExportJob.objects.with_state().get()
        assert found.shown_state == found.state


RUNNING = "/export/in-corso/"


def test_the_frame_hears_of_work_going_on_and_asks_again_only_while_there_is_some(asked):
    browser, _export = asked
    first = browser.get(RUNNING).content.decode()
    assert "1 export in preparazione" in first
    assert f'hx-get="{RUNNING}?in_corso=1"' in first
    unchanged = browser.get(f"{RUNNING}?in_corso=1")
    assert (unchanged.status_code, unchanged.content) == (204, b"")
    jobs.work_all()
    ended = browser.get(f"{RUNNING}?in_corso=1").content.decode()
    assert "Export terminati" in ended
    assert "hx-get" not in ended
    assert '<div id="announcements" hx-swap-oob="innerHTML">Export terminati' in ended
    assert browser.get(RUNNING).content.decode().strip() == ""


def test_the_place_in_the_frame_is_for_those_who_have_exports_and_polls_as_polling(world, enter):
    slot = re.compile(
        r'<div class="pc-running-slot" hx-get="/export/in-corso/" hx-trigger="load"[^>]*></div>'
    )
    for person in (world.roa, world.ebill):
        found = slot.search(enter(person).get("/profilo/").content.decode())
        assert """hx-headers='{"X-Poll": "1"}'""" in found[0]
    assert "pc-running-slot" not in enter(world.employee).get("/profilo/").content.decode()


def test_what_a_button_did_is_said_although_only_the_list_changes(asked):
    browser, export = asked
    part = browser.post(
        f"/export/{export.pk}/elimina/", follow=True, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="list"
    ).content.decode()
    assert "<html" not in part
    assert 'id="messages" hx-swap-oob="innerHTML"' in part
    assert "Export eliminato." in part


def test_roles(world, enter):
    assert enter(world.ebill).get(PAGE).status_code == 200
    for person in (world.traffic, world.messaging, world.employee):
        assert enter(person).get(PAGE).status_code == 403
