"""Jobs: stored once, claimed once, resumed, parked, cancelled, shown while they run."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.audit.context import acting
from portal.audit.context import current as current_actor
from portal.audit.models import AuditEntry
from portal.jobs import registry, services, tasks
from portal.jobs.models import Job
from portal.jobs.services import cancel, claim, enqueue, retry, work

State = Job.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(monkeypatch):
    """`handler(function)` makes it the work of the kind «trial»."""

    def use(function):
        monkeypatch.setitem(registry._handlers, "trial", function)

    use(lambda run: None)
    return use


@pytest.fixture(autouse=True)
def bells(monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.run, "delay", rung.append)
    return rung


def trial(key: str = "k", **values) -> Job:
    return enqueue(kind="trial", key=key, **values)


def again(job: Job) -> Job:
    job.refresh_from_db()
    return job


def test_one_fact_makes_one_job_and_one_bell(handler, bells, commit):
    with commit():
        first, second = trial("export-1"), trial("export-1", payload={"other": 1})
    assert first == second and bells == [first.pk]


def test_the_key_of_a_finished_job_gives_the_finished_job(handler, bells, commit):
    done = work(trial().pk)
    with commit():
        assert trial() == done
    assert again(done).state == State.DONE and bells == []


def test_a_key_belongs_to_one_kind(handler, monkeypatch):
    monkeypatch.setitem(registry._handlers, "other", lambda run: None)
    trial("same")
    with pytest.raises(ValueError, match="belongs to"):
        enqueue(kind="other", key="same")


def test_an_unknown_kind_is_refused_when_it_is_asked_for():
    with pytest.raises(ValueError, match="unknown job kind"):
        enqueue(kind="nobody", key="x")


def test_a_job_runs_once_however_often_the_bell_rings(handler):
    ran = []
    handler(lambda run: ran.append(run.job.pk))
    job = trial()
    assert work(job.pk).state == State.DONE
    assert work(job.pk) is None and ran == [job.pk]


def test_a_job_for_later_waits_without_a_bell(handler, bells, commit):
    with commit():
        job = trial(run_after=clock.now() + timedelta(hours=1))
    assert bells == [] and work(job.pk) is None
    with clock.use(clock.now() + timedelta(hours=1, seconds=1)):
        assert work(job.pk).state == State.DONE


def test_a_job_acts_as_who_asked_for_it_under_the_same_request(handler, world):
    seen = []
    handler(lambda run: seen.append(current_actor()))
    with acting(actor=world.roa, source="web", request_id="request-1"):
        job = trial(owner=world.roa)
    work(job.pk)
    (context,) = seen
    assert (context.actor, context.source, context.request_id) == (world.roa, "job", "request-1")
    assert current_actor().actor is None


def test_a_fault_is_tried_again_and_parked_after_five_attempts_without_its_private_words(handler):
    def broken(run):
        raise RuntimeError("IT60X0542811101000000123456")

    handler(broken)
    job, now = trial(), clock.now()
    for attempt in range(1, 9):
        with clock.use(now + timedelta(minutes=attempt)):
            work(job.pk)
        if attempt < 5:
            assert again(job).state == State.QUEUED
    assert (again(job).state, job.attempts, job.error) == (State.FAILED, 5, "RuntimeError")


def test_a_job_that_kills_its_worker_is_parked_too(handler):
    ran = []
    handler(lambda run: ran.append(1))
    job, now = trial(), clock.now()
    for takeover in range(5):
        with clock.use(now + timedelta(minutes=2 * takeover)):
            assert claim(job.pk) is not None
    with clock.use(now + timedelta(minutes=10)):
        work(job.pk)
    assert again(job).state == State.FAILED and "Interrotto" in job.error and ran == []


def test_a_long_job_that_gets_further_each_time_outlives_many_restarts(handler):
    def killed_after_ten_more(run):
        for row in range(run.job.done + 1, run.job.done + 11):
            run.step(row, 100)
        if run.job.done < 100:
            raise MemoryError

    handler(killed_after_ten_more)
    job, now = trial(), clock.now()
    for turn in range(10):
        with clock.use(now + timedelta(hours=turn)):
            work(job.pk)
    assert (again(job).state, job.done) == (State.DONE, 100)


def test_a_job_that_always_dies_at_the_same_row_is_poison_although_it_moves(handler):
    def dies_at_fifty(run):
        for row in range(1, 51):
            run.step(row, 100)
        raise MemoryError

    handler(dies_at_fifty)
    job, now = trial(), clock.now()
    for turn in range(10):
        with clock.use(now + timedelta(hours=turn)):
            work(job.pk)
    assert again(job).state == State.FAILED


def test_a_refusal_ends_at_once_with_its_words(handler):
    def refuse(run):
        raise registry.Refused("Il file non ha righe.")

    handler(refuse)
    job = work(trial().pk)
    assert (again(job).state, job.error, job.attempts) == (State.FAILED, "Il file non ha righe.", 1)


# --- Lease and progress -------------------------------------------------------------------------------------


def test_nobody_takes_over_a_living_job_and_anybody_a_dead_one(handler):
    job, now = trial(), clock.now()
    assert claim(job.pk) is not None
    with clock.use(now + timedelta(seconds=89)):
        assert claim(job.pk) is None
    with clock.use(now + timedelta(seconds=91)):
        assert claim(job.pk) is not None


def test_who_lost_the_job_stops_at_the_next_step_and_writes_no_outcome(handler):
    def slow(run):
        with clock.use(clock.now() + timedelta(minutes=5)):
            assert claim(run.job.pk) is not None
        run.step(1, 2)
        raise AssertionError("the step must not pass")

    handler(slow)
    job = trial()
    work(job.pk)
    assert again(job).state == State.RUNNING and (job.done, job.error) == (0, "")


def test_losing_the_job_at_the_very_end_is_no_fault(handler):
    def slow(run):
        with clock.use(clock.now() + timedelta(minutes=5)):
            claim(run.job.pk)

    handler(slow)
    assert again(work(trial().pk)).state == State.RUNNING


def test_a_step_renews_the_lease(handler):
    def steps(run):
        before = again(run.job).lease_until
        with clock.use(clock.now() + timedelta(seconds=30)):
            run.step(1, 2)
        assert again(run.job).lease_until >= before + timedelta(seconds=29)

    handler(steps)
    assert again(work(trial().pk)).state == State.DONE


def test_ten_thousand_quick_steps_are_a_handful_of_writes_and_the_last_figure_is_kept(handler, settings):
    settings.JOB_STEP_EVERY = timedelta(seconds=1)
    writes = []

    def many(run):
        with CaptureQueriesContext(connection) as queries:
            for row in range(1, 10_001):
                run.step(row, 10_000)
        writes.extend(q for q in queries if q["sql"].startswith("UPDATE"))

    handler(many)
    job = work(trial().pk)
    assert 1 <= len(writes) <= 5
    assert (again(job).done, job.total, job.percent) == (10_000, 10_000, 100)


# --- Cancelling, trying again ---------------------------------------------------------------------------------


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(handler):
    job = trial()
    assert cancel(job)
    assert again(job).state == State.CANCELLED and work(job.pk) is None
    assert AuditEntry.objects.filter(action=services.CANCELLED, object_id=str(job.pk)).count() == 1


def test_a_running_job_is_cancelled_at_its_next_step(handler):
    def steps(run):
        run.step(1, 3)
        cancel(run.job)
        run.step(2, 3)
        raise AssertionError("the step must not pass")

    handler(steps)
    assert again(work(trial().pk)).state == State.CANCELLED


def test_a_job_cancelled_while_its_worker_was_dead_does_not_start_again(handler):
    job = trial()
    claim(job.pk)
    cancel(job)
    with clock.use(clock.now() + timedelta(minutes=5)):
        work(job.pk)
    assert again(job).state == State.CANCELLED


def test_an_ended_job_cannot_be_cancelled(handler):
    assert cancel(work(trial().pk)) is False


def test_what_failed_can_be_tried_again_and_what_is_done_cannot(handler, bells, commit):
    def refuse(run):
        raise registry.Refused("no")

    handler(refuse)
    failed, good = work(trial("a").pk), trial("b")
    handler(lambda run: None)
    work(good.pk)
    with commit():
        assert retry(failed) is True and retry(good) is False
    assert bells == [failed.pk] and again(work(failed.pk)).state == State.DONE


def test_staff_retry_and_cancel_through_the_console(handler, enter, world):
    waiting, ended = trial("w"), work(trial("d").pk)
    client, url = enter(world.supervisor), reverse("admin:jobs_job_changelist")
    answer = client.post(
        url, {"action": "cancel", "_selected_action": [waiting.pk, ended.pk]}, follow=True
    ).content.decode()
    assert "1 lavoro annullato." in answer and again(waiting).state == State.CANCELLED
    client.post(url, {"action": "retry", "_selected_action": [waiting.pk, ended.pk]})
    assert (again(waiting).state, again(ended).state) == (State.QUEUED, State.DONE)
    line = AuditEntry.objects.get(action=services.RETRIED)
    assert (line.actor, line.source) == (world.supervisor, "admin")
    assert client.post(reverse("admin:jobs_job_change", args=(ended.pk,)), {}).status_code == 403


# --- Clockwork ----------------------------------------------------------------------------------------------


def test_the_sweeper_rings_for_the_forgotten_only_and_leaves_its_beat(handler, bells):
    lost, fresh, dead = trial("lost"), trial("fresh"), trial("dead")
    long_ago = clock.now() - timedelta(minutes=5)
    Job.objects.filter(pk__in=(lost.pk, dead.pk)).update(rung_at=long_ago)
    claim(dead.pk)
    Job.objects.filter(pk=dead.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    assert services.last_beat() is None
    tasks.sweep()
    assert sorted(bells) == sorted([lost.pk, dead.pk])
    assert clock.now() - services.last_beat() < timedelta(seconds=10)
    tasks.sweep()
    assert len(bells) == 2 and fresh.pk not in bells


def test_a_second_try_is_rung_for_as_soon_as_it_is_due(handler, bells):
    def broken(run):
        raise RuntimeError

    handler(broken)
    work(trial().pk)
    with clock.use(clock.now() + timedelta(seconds=3)):
        assert services.sweep() == 1


def test_old_jobs_go_and_failed_ones_stay_twice_as_long(handler, settings):
    done = work(trial("done").pk)

    def refuse(run):
        raise registry.Refused("no")

    handler(refuse)
    failed, waiting = work(trial("failed").pk), trial("open")
    with clock.use(clock.now() + settings.JOB_KEEP + timedelta(days=1)):
        services.purge()
    assert not Job.objects.filter(pk=done.pk).exists()
    assert set(Job.objects.all()) == {failed, waiting}
    with clock.use(clock.now() + 2 * settings.JOB_KEEP + timedelta(days=1)):
        services.purge()
    assert list(Job.objects.all()) == [waiting]


# --- Races --------------------------------------------------------------------------------------------------


def work_in_threads(pk: int, count: int = 8) -> None:
    start = threading.Barrier(count)

    def one():
        try:
            start.wait()
            work(pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_one_job_run_it_once(handler):
    ran = []
    handler(lambda run: ran.append(run.job.pk))
    jobs = [trial(f"race-{number}").pk for number in range(25)]
    for pk in jobs:
        work_in_threads(pk)
    assert sorted(ran) == jobs


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_the_same_eight_workers_run_it_more_than_once(handler, monkeypatch):
    ran = []
    handler(lambda run: ran.append(run.job.pk))
    monkeypatch.setattr(services, "claim", lambda pk: Job.objects.filter(pk=pk, state=State.QUEUED).first())
    for pk in [trial(f"race-{number}").pk for number in range(5)]:
        work_in_threads(pk)
    assert len(ran) > 5


@pytest.mark.django_db(transaction=True)
def test_two_processes_of_the_demo_cannot_claim_the_same_job(handler):
    ran = []
    handler(lambda run: ran.append(run.job.pk))
    jobs = [trial(f"demo-{number}").pk for number in range(5)]
    for pk in jobs:
        work_in_threads(pk, count=4)
    assert sorted(ran) == jobs
