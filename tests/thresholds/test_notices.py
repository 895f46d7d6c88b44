"""The daily notice, its history, notices at once, the desk (7.5.6, B-12)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.accounts.models import User
from portal.contracts.models import Delegation, Referent
from portal.identifiers import show_mobile
from portal.jobs.models import Job
from portal.jobs.services import work_all
from portal.outbox.models import Message
from portal.outbox.services import send_mail
from tests import world as people
from tests.thresholds.samples import make_notice, make_threshold
from thresholds import reports
from thresholds.models import Crossing, NoticeChoice, NoticeRun
from thresholds.services import immediate, notices
from thresholds.services.release import release

HISTORY = "/soglie/notifiche/"
MORNING = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)  # five past seven in Rome


def told(kind=notices.KIND):
    return Message.objects.filter(kind=kind, channel="email").order_by("recipient")


def morning(moment=MORNING):
    with clock.use(moment):
        notices.tick()
        work_all()


@pytest.mark.accepts("A-7.5.6-3")
def test_one_notice_a_day_to_each_referent_with_the_lines_that_passed_a_step(world, spend):
    other = people.line(world.a2, "3312549501")
    make_threshold(world.line_postpaid, kind="block", value=20)
    make_threshold(world.line_both, value=100)
    make_threshold(other, value=10)
    morning(MORNING - timedelta(days=1))
    assert not told().exists()  # nothing has happened
    spend(world.line_postpaid, "25.00", also=[(world.line_both, "30.00"), (other, "9.00")])
    release(lines=[world.line_postpaid.pk], actor=world.operator)
    with clock.use(MORNING - timedelta(hours=1)):
        assert notices.tick() is None  # too early
    for _again in range(3):
        morning()
    assert [one.recipient for one in told()] == [world.roa.email, world.traffic.email]
    roa, traffic = told()
    assert roa.subject == "Avanzamento Soglie del 20-11-2026"
    # The ROA speaks for both contracts, the traffic manager for one: each has a copy of their own.
    rows = {name: report(message) for name, message in (("roa", roa), ("traffic", traffic))}
    assert rows["roa"] == [
        [world.line_postpaid.number, "SOGLIA DISPO SPESA PA", "20 €", "100,00 %"],
        [other.number, "SOGLIA INFO SPESA PA", "10 €", "90,00 %"],
        [world.line_postpaid.number, "SOGLIA DISPO SPESA PA", "20 €", "SBLOCCATA"],
    ] or sorted(rows["roa"]) == sorted(
        [
            [world.line_postpaid.number, "SOGLIA DISPO SPESA PA", "20 €", "100,00 %"],
            [other.number, "SOGLIA INFO SPESA PA", "10 €", "90,00 %"],
            [world.line_postpaid.number, "SOGLIA DISPO SPESA PA", "20 €", "SBLOCCATA"],
        ]
    )
    assert [row[0] for row in rows["traffic"]] == [world.line_postpaid.number] * 2
    assert world.line_both.number not in roa.text and "SBLOCCATA" in roa.text
    morning(MORNING + timedelta(days=1))
    assert told().count() == 2  # a day without events


def report(message):
    text = bytes(message.attachments.get().content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert header[:4] == ["Linea", "Descrizione", "Soglia", "Erosione"]
    return [row[:4] for row in rows]


def test_a_day_on_which_nothing_ran_is_told_the_next_in_one_notice(world, spend):
    make_threshold(world.line_postpaid, value=20)
    morning(MORNING - timedelta(days=1))
    spend(world.line_postpaid, "17.00")
    with clock.use(clock.now() + timedelta(days=1)):
        spend(world.line_postpaid, "4.00")
    morning(MORNING + timedelta(days=2))
    assert told().filter(user=world.roa).count() == 1
    assert [row[3] for row in report(told().get(user=world.roa))] == ["85,00 %", "100,00 %"]
    assert list(NoticeRun.objects.values_list("day", flat=True)) == [date(2026, 11, 23), date(2026, 11, 20)]


def test_a_clock_that_jumps_tells_nothing_twice_and_leaves_nothing_out(world, spend):
    make_threshold(world.line_postpaid, value=20)
    spend(world.line_postpaid, "17.00")
    for jump in (0, 2, -2, 2, -26, 4, -2):
        morning(MORNING + timedelta(hours=jump))
    assert told().filter(user=world.roa).count() == 1
    with clock.use(clock.now() + timedelta(days=1, hours=2)):
        spend(world.line_postpaid, "4.00")
    morning(MORNING + timedelta(days=1))
    assert told().filter(user=world.roa).count() == 2


def test_who_is_no_referent_any_more_is_not_told(world, spend):
    make_threshold(world.line_postpaid, value=20)
    spend(world.line_postpaid, "17.00")
    Referent.objects.filter(mobile_number=world.traffic.mobile_number).update(valid_to=clock.now())
    morning()
    assert [one.recipient for one in told()] == [world.roa.email]


# --- Many referents -------------------------------------------------------------------------------------------------
def managers(owner, start, count, **values):
    """Traffic managers with an account."""
    numbers = range(start, start + count)
    made = User.objects.bulk_create(
        User(
            username=f"m{number}", email=f"m{number}@example.org", password="!", mobile_number=f"34{number:08d}",
            **({"first_name": "Rita"} | values),
        )
        for number in numbers
    )  # fmt: skip
    for number in numbers:
        people.referent(owner, Referent.Role.TRAFFIC_MANAGER, f"34{number:08d}", "Rita", "Rossi")
    return made


def test_many_referents_of_a_contract_cost_no_more_statements_and_its_file_is_made_once_a_language(
    world, spend
):
    make_threshold(world.line_postpaid, value=20)
    spend(world.line_postpaid, "17.00")
    statements = []
    for day, more in enumerate((3, 60)):
        managers(world.a1, day * 1_000, more, language="it")
        managers(world.a1, day * 1_000 + 500, more, language="en")
        with clock.use(MORNING + timedelta(days=day)):
            notices.tick()
            with (
                CaptureQueriesContext(connection) as caught,
                mock.patch.object(notices, "content", wraps=notices.content) as written,
            ):
                work_all()
        statements.append(len(caught))
        assert written.call_count == 2
        assert told().count() == User.objects.filter(username__regex=r"^m\d").count() + 2
        told().delete()
        spend(world.line_postpaid, "4.00")
        Crossing.objects.update(at=MORNING + timedelta(hours=1))
    # 114 people more; SQLite writes some forty rows a statement.
    assert statements[1] - statements[0] <= 4, statements


def test_whoever_is_told_together_reads_what_each_would_have_been_told_alone(world, spend):
    make_threshold(world.line_postpaid, value=20)
    spend(world.line_postpaid, "17.00")
    names = ("Nicolò", "D'Angelo & <b>Figli</b>", "")
    for number, name in enumerate(names):
        managers(world.a1, number * 10, 2, first_name=name, language="it")
        managers(world.a1, number * 10 + 5, 1, first_name=name, language="en")
    morning()
    seen = set()
    for one in told().filter(user__username__regex=r"^m\d").select_related("user"):
        context = {
            "person": one.user, "day": date(2026, 11, 20), "count": 1, "several": False, "contract": world.a1.number,
            "rows": [(next(reports.rows([world.a1.pk], None, MORNING)), world.a1.number)], "more": 0,
            "leads_to_erosion": True, "link": f"{settings.PORTAL_URL.rstrip('/')}/soglie/monitoraggio/",
        }  # fmt: skip
        alone = send_mail(
            to=one.user.email, template="threshold_notice", context=context, kind="alone", user=one.user
        )
        assert (one.subject, one.text, one.html) == (alone.subject, alone.text, alone.html)
        seen.add((one.user.language, one.user.first_name, one.subject))
    assert len(seen) == 6 and len({subject for *_rest, subject in seen}) == 2


def test_a_run_taken_over_in_the_middle_tells_the_rest_and_nobody_twice(world, spend):
    """The worker before died after some people; another tells somebody between the look and the writing."""
    make_threshold(world.line_postpaid, value=20)
    spend(world.line_postpaid, "17.00")
    crowd = managers(world.a1, 0, 7)
    with (
        clock.use(MORNING), mock.patch.object(notices, "AT_ONCE", 3),
        mock.patch.object(notices, "send_mails", side_effect=[3, KeyboardInterrupt]) as written,
    ):  # fmt: skip
        notices.tick()
        with pytest.raises(KeyboardInterrupt):
            work_all()
    first = written.call_args_list[0]
    real = notices.send_mails
    assert real(*first.args, **first.kwargs) == 3  # what the dead worker had written
    Job.objects.update(state="queued", lease_until=None, run_after=MORNING)
    others = []

    def overtaken(letters, **how):
        if letters and not others:
            others.append(real(letters[:1], **how))
        return real(letters, **how)

    with (
        clock.use(MORNING + timedelta(minutes=30)), mock.patch.object(notices, "AT_ONCE", 3),
        mock.patch.object(notices, "send_mails", side_effect=overtaken),
    ):  # fmt: skip
        work_all()
    assert others == [1]
    assert told().count() == len({one.user_id for one in told()}) == len(crowd) + 2
    assert all(one.attachments.count() == 1 for one in told())
    assert NoticeRun.objects.get(day=MORNING.date()).finished_at


# --- Delegates ------------------------------------------------------------------------------------------------------
def entrust(world, person, *functions, starts=20, ends=30, contract=None, **values):
    return Delegation.objects.create(
        contract=contract or world.a1, user=person, functions=list(functions), given_by=world.roa,
        starts_on=date(2026, 11, starts), ends_on=date(2026, 11, ends), **values,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("starts", "ends", "is_told"), [(20, 20, False), (20, 21, True), (21, 21, True), (22, 30, False)]
)
def test_who_may_read_the_notices_by_delegation_is_told_from_its_first_day_to_its_last(
    world, enter, spend, starts, ends, is_told
):
    """As for a referent, what one is on the morning of the notice decides."""
    make_threshold(world.line_both, value=20)
    spend(world.line_both, "17.00")
    entrust(world, world.employee, "7.5.5", "7.5.6", starts=starts, ends=ends)
    morning()
    sent = told().filter(user=world.employee)
    assert sent.count() == is_told
    if not is_told:
        return
    assert [row[0] for row in report(sent.get())] == [world.line_both.number]
    assert "/soglie/monitoraggio/" in sent.get().text
    with clock.use(MORNING + timedelta(hours=1)):
        assert "Tot. email inviate 1" in enter(world.employee).get(HISTORY).content.decode()


def test_nobody_is_told_twice_nor_by_another_function_nor_after_the_employment_or_the_delegation(
    world, spend
):
    make_threshold(world.line_both, value=20)
    other = people.line(world.a2, "3312549501")
    make_threshold(other, value=10)
    spend(world.line_both, "17.00", also=[(other, "9.00")])
    entrust(world, world.traffic, "7.5.6", contract=world.a2)
    entrust(world, world.traffic, "7.5.6", "7.5.1")
    entrust(world, world.traffic, "7.5.6")
    entrust(world, world.employee, "7.5.5", "7.5.1")  # erosion and operations, not the notices
    entrust(world, world.employee_prepaid, "7.5.6", ended_at=clock.now())
    entrust(world, world.nobody, "7.5.6")  # works there no more
    entrust(world, world.outsider, "7.5.6")  # works elsewhere
    closed = world.employee_tim_tuo
    entrust(world, closed, "7.5.6")
    type(closed).objects.filter(pk=closed.pk).update(closed_at=clock.now())
    morning()
    assert [one.user for one in told()] == [world.roa, world.traffic]
    # Both contracts, each once: one by the role, one by the delegation.
    assert sorted(row[0] for row in report(told().last())) == sorted([world.line_both.number, other.number])
    assert "/soglie/notifiche/" in told().last().text  # the erosion of the second was not entrusted
    assert "/soglie/monitoraggio/" in told().first().text


def test_a_delegate_chooses_notices_at_once_too_and_has_them_as_long_as_the_delegation(world, enter, spend):
    make_threshold(world.line_both, value=20)
    given = entrust(world, world.employee, "7.5.6")
    answer = enter(world.employee).post(f"{HISTORY}scelta/", {"by_mail": "on", "by_sms": "on"})
    assert answer.status_code == 302
    spend(world.line_both, "17.00")
    sent = Message.objects.filter(kind=immediate.KIND, user=world.employee)
    assert sorted(sent.values_list("channel", flat=True)) == ["email", "sms"]
    mail = sent.get(channel="email")
    assert "/soglie/notifiche/" in mail.text and "/soglie/monitoraggio/" not in mail.html
    Delegation.objects.filter(pk=given.pk).update(ended_at=clock.now())
    spend(world.line_both, "9.00")
    assert sent.count() == 2


# --- History --------------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-7.5.6-1", "A-7.5.6-2")
def test_the_history_shows_own_mails_alone_with_detail_and_attachment(world, enter, spend):
    make_threshold(world.line_postpaid, value=20)
    spend(world.line_postpaid, "17.00")
    morning()
    with clock.use(datetime(2026, 10, 1, 8, 0, tzinfo=UTC)):
        make_notice(world.roa, "autumn")
    with clock.use(datetime(2025, 10, 1, 8, 0, tzinfo=UTC)):
        make_notice(world.roa, "last-year")
    theirs = told().get(user=world.traffic)
    moved = make_notice(world.roa, "moved")
    Message.objects.filter(pk=moved.pk).update(recipient="old.address@example.org")
    roa = enter(world.roa)
    with clock.use(MORNING + timedelta(hours=3)):
        page = roa.get(HISTORY)
        text = page.content.decode()
        assert world.roa.email in text and "Tot. email inviate 1" in text
        assert "Avanzamento Soglie del 20-11-2026" in text and "21/11/2026" in text
        wide = roa.get(f"{HISTORY}?data_after=2026-09-01&data_before=2026-12-31").content.decode()
        assert "Tot. email inviate 2" in wide
        mine = told().get(user=world.roa, created_at__gte=MORNING)
        detail = roa.get(f"{HISTORY}{mine.pk}/").content.decode()
        for words in (
            mine.sender,
            world.roa.email,
            "21/11/2026",
            mine.subject,
            "Ciao Maria",
            "SCARICA ALLEGATO",
        ):
            assert words in detail
        popup = roa.get(f"{HISTORY}{mine.pk}/", headers={"HX-Request": "true"}).content.decode()
        assert "Dettaglio e-mail" in popup and "<html" not in popup
        file = roa.get(f"{HISTORY}{mine.pk}/allegato.csv")
        assert "attachment" in file["Content-Disposition"]
        assert world.line_postpaid.number in b"".join(file.streaming_content).decode("utf-8-sig")
        sheet = b"".join(roa.get(f"{HISTORY}{mine.pk}/allegato.xlsx").streaming_content)
        cells = list(openpyxl.load_workbook(io.BytesIO(sheet)).active.values)
        assert cells[1][0] == world.line_postpaid.number and cells[1][3] == "85,00 %"
        for address in (
            f"{HISTORY}{theirs.pk}/",
            f"{HISTORY}{theirs.pk}/allegato.csv",
            f"{HISTORY}{moved.pk}/",
        ):
            assert roa.get(address).status_code == 404
        export = roa.post(f"{HISTORY}?data_after=2026-09-01", {"export": "csv:all", "list": "list"})
        assert b"".join(export.streaming_content).decode("utf-8-sig").count("Avanzamento") == 2


# --- At once --------------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-B12-1")
def test_notices_at_once_go_out_once_for_each_level_by_the_chosen_channels(world, enter, spend):
    make_threshold(world.line_postpaid, value=20)
    make_threshold(world.line_both, value=20)
    browser = enter(world.roa)
    spend(world.line_both, "17.00")
    assert not Message.objects.filter(kind=immediate.KIND).exists()  # by default only the daily one
    browser.post(f"{HISTORY}scelta/", {"by_mail": "on"})
    immediate.choose(user=world.traffic, contract=world.a1, by_mail=False, by_sms=True)
    NoticeChoice.objects.create(
        user=world.ebill, contract=world.a1, by_mail=True
    )  # no longer in the right role
    spend(world.line_postpaid, "17.00")
    spend(world.line_postpaid, "1.00")
    spend(world.line_postpaid, "5.00", also=[(world.line_both, "9.00")])
    sent = Message.objects.filter(kind=immediate.KIND).order_by("pk")
    assert [(one.channel, one.user) for one in sent] == [("email", world.roa), ("sms", world.traffic)] * 2
    mail, sms, both, _sms = sent
    assert "80 %" in mail.text and world.line_postpaid.number in mail.text
    assert sms.recipient == world.traffic.mobile_number and "80 %" in sms.text
    assert mail.subject == f"Soglia all'80 % sul contratto {world.a1.number}"
    assert "Una soglia è arrivata all&#x27;80 %" in mail.html or "arrivata all'80 %" in mail.html
    assert f"{show_mobile(world.line_postpaid.number)} all'80 % di 20 €." in sms.text
    assert (
        both.text.count("100 %") == 2
        and both.subject == f"2 soglie oltre l'80 % sul contratto {world.a1.number}"
    )
    assert _sms.text.count("al 100 % di 20 €") == 2
    assert Crossing.objects.filter(is_silent=False).count() == 4
    page = browser.get(HISTORY).content.decode()
    assert "Tot. email inviate 2" in page and page.count("checked") >= 1
    browser.post(f"{HISTORY}scelta/", {})
    assert not NoticeChoice.objects.filter(user=world.roa).exists()


@pytest.mark.parametrize(("count", "end"), [(3, "di 20 €."), (4, "e un'altra."), (6, "e altre 3.")])
def test_the_sms_names_three_lines_and_counts_the_rest(world, spend, count, end):
    lines = [people.line(world.a1, f"33125492{number:02d}") for number in range(count)]
    for line in lines:
        make_threshold(line, value=20)
    immediate.choose(user=world.roa, contract=world.a1, by_mail=False, by_sms=True)
    spend(lines[0], "17.00", also=[(line, "17.00") for line in lines[1:]])
    text = Message.objects.get(kind=immediate.KIND).text
    assert text.startswith(f"Soglie sul contratto {world.a1.number}: 331 254 9200 all'80 % di 20 €, ")
    assert text.count("all'80 %") == 3 and text.endswith(end)


# --- The desk -------------------------------------------------------------------------------------------------------
def test_the_desk_lets_stopped_lines_go_and_sends_a_notice_again(world, enter, spend):
    make_threshold(world.line_postpaid, kind="block", value=20)
    spend(world.line_postpaid, "25.00")
    morning()
    desk = enter(world.supervisor)
    page = desk.get("/console/thresholds/stoppedline/")
    assert page.status_code == 200 and world.line_postpaid.number in page.content.decode()
    chosen = {"action": "release", "_selected_action": [world.line_postpaid.pk]}
    assert desk.post("/console/thresholds/stoppedline/", chosen).status_code == 302
    world.line_postpaid.refresh_from_db()
    assert world.line_postpaid.state == "active"
    notice = told().get(user=world.roa)
    again = {"action": "send_again", "_selected_action": [notice.pk]}
    assert desk.post("/console/thresholds/sentnotice/", again).status_code == 302
    copy = told(notices.COPY).get()
    assert (copy.recipient, copy.text, copy.attachments.count()) == (notice.recipient, notice.text, 1)
    for name in ("threshold", "crossing", "release", "noticerun", "sentnotice"):
        assert desk.get(f"/console/thresholds/{name}/").status_code == 200
    assert desk.get(f"/console/thresholds/sentnotice/{notice.pk}/change/").status_code == 200
