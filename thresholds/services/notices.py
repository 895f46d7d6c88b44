"""The daily notice: one e-mail a referent and business day, with its csv, where something has happened.

What is due is decided by the database: the window of a day is written once, each message has a key of person and day.
So a run that is killed goes on where it was, and a clock that jumps does not tell anything twice.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import User
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.models import Contract
from portal.jobs import services as jobs
from portal.jobs.registry import job
from portal.jobs.runs import Run
from portal.lists.writers import CONTENT_TYPES, CSV, write
from portal.outbox.models import Message
from portal.outbox.services import send_copy, send_mail
from portal.words import speaking_to
from thresholds import reports
from thresholds.models import NoticeRun
from thresholds.recipients import Links, contracts_of_people

KIND, COPY = "threshold-notice", "threshold-notice-copy"
JOB = "threshold-notices"
NAMED = 20  # lines written out in the mail; all of them are in its csv
AT_ONCE = 200  # people whose contracts are read together

RESENT = action("thresholds.notice_resent", _("Avviso soglie inviato di nuovo dal Servizio Clienti"))


def tick() -> NoticeRun | None:
    """Every minute: is today's notice due? The hour is Roman; the first tick after it wins, however late."""
    now = clock.now()
    today = clock.rome_date(now)
    if clock.rome(now).hour < settings.THRESHOLDS["notice_hour"]:
        return None
    if NoticeRun.objects.filter(day=today).exists():
        return None
    return begin(today)


def begin(day: date) -> NoticeRun | None:
    """Write the window of the day, and the job that tells it. None: somebody else was first."""
    until = clock.day_start(day)
    before = NoticeRun.objects.order_by("-until").first()
    if before is not None and before.until >= until:
        return None  # the clock went back behind a day that has been told
    try:
        with transaction.atomic():
            run = NoticeRun.objects.create(day=day, after=before.until if before else None, until=until)
            if reports.contracts_with_news(run.after, run.until):
                jobs.enqueue(kind=JOB, key=f"{JOB}:{day}", payload={"day": day.isoformat()})
            else:
                NoticeRun.objects.filter(pk=day).update(finished_at=clock.now())
    except IntegrityError:
        return None
    return run


@job(JOB)
def tell(run: Run) -> None:
    window = NoticeRun.objects.get(day=date.fromisoformat(run.payload["day"]))
    news = reports.contracts_with_news(window.after, window.until)
    people, links = sorted(contracts_of_people(news).items()), Links(news)
    for start in range(0, len(people), AT_ONCE):
        run.step(start, len(people))
        some = dict(people[start : start + AT_ONCE])
        for user, notice in _notices(some, window):
            with transaction.atomic():
                _send(user, notice, window, links)
            run.step()
    NoticeRun.objects.filter(pk=window.pk).update(finished_at=clock.now(), notices=len(people))


def _notices(people: dict[int, set[int]], window: NoticeRun) -> Iterator[tuple[User, dict[int, list]]]:
    """(person, contract → rows), with one look at the facts for all of them."""
    wanted = set().union(*people.values())
    users = User.objects.in_bulk(people)
    told = set(
        Message.objects.filter(key__in=[_key(pk, window.day) for pk in people]).values_list("key", flat=True)
    )
    by_contract: dict[int, list[reports.Row]] = defaultdict(list)
    for row in reports.rows(wanted, window.after, window.until):
        by_contract[row.contract].append(row)
    for pk, contracts in people.items():
        if _key(pk, window.day) not in told:
            yield users[pk], {contract: by_contract[contract] for contract in sorted(contracts)}


def _send(user: User, news: dict[int, list], window: NoticeRun, links: Links) -> Message:
    contracts = dict(Contract.objects.filter(pk__in=news).values_list("pk", "number"))
    rows = [row for contract in news for row in news[contract]]
    about = clock.rome_date(window.until - timedelta(seconds=1))
    with speaking_to(user):
        attachment = content(rows, contracts)
    return send_mail(
        to=user.email,
        template="threshold_notice",
        context={
            "person": user,
            "day": about,
            "rows": [(row, contracts[row.contract]) for row in rows[:NAMED]],
            "more": max(len(rows) - NAMED, 0),
            "count": len(rows),
            "several": len(contracts) > 1,
            "contract": next(iter(contracts.values())),
            **links.of(user.pk, news),
        },
        kind=KIND,
        key=_key(user.pk, window.day),
        user=user,
        contract_number=next(iter(contracts.values())) if len(contracts) == 1 else "",
        attachments=[(f"avanzamento-soglie-{about:%Y-%m-%d}.csv", CONTENT_TYPES[CSV], attachment)],
    )


def _key(user: int, day: date) -> str:
    return f"{KIND}:{user}:{day}"


def content(rows: Collection[reports.Row], contracts: dict[int, str], file_format: str = CSV) -> bytes:
    """The report as a file: csv, or xlsx."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report"
        write(file_format, path, reports.fields(), (reports.cells(row, contracts) for row in rows))
        return path.read_bytes()


@transaction.atomic
def resend(*, message: Message, actor) -> Message | None:
    """Staff sends a notice once more, to the address it went to. None: it is no notice."""
    if message.kind != KIND:
        return None
    head = f"{COPY}:{message.pk}:"
    copies = Message.objects.filter(kind=COPY, key__startswith=head).count()
    again = send_copy(message, kind=COPY, key=f"{head}{copies + 1}")
    record(RESENT, actor=actor, obj=message, contract_number=message.contract_number)
    return again
