"""The daily notice: one e-mail a referent and business day, with its csv, where something has happened.

What is due is decided by the database: the window of a day is written once, each message has a key of person and day.
So a run that is killed goes on where it was, and a clock that jumps does not tell anything twice.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection
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
from portal.outbox.letters import Letter, SameForAll
from portal.outbox.models import Message
from portal.outbox.services import send_copy, send_mails
from portal.words import speaking_to
from thresholds import reports
from thresholds.models import NoticeRun
from thresholds.recipients import Links, contracts_of_people

KIND, COPY = "threshold-notice", "threshold-notice-copy"
JOB = "threshold-notices"
NAMED = 20  # lines written out in the mail; all of them are in its csv
AT_ONCE = 200  # people who are told in one transaction

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
    """Whoever is told of the same contracts stands together: what they are told is read and written out once."""
    window = NoticeRun.objects.get(day=date.fromisoformat(run.payload["day"]))
    news = reports.contracts_with_news(window.after, window.until)
    people = sorted((tuple(sorted(held)), pk) for pk, held in contracts_of_people(news).items())
    links, made = Links(news), {}
    for start in range(0, len(people), AT_ONCE):
        run.step(start, len(people))
        some = _untold(people[start : start + AT_ONCE], window)
        made = _reports({held for held, _pk in some}, window, made)
        users = User.objects.in_bulk([pk for _held, pk in some])
        letters = [made[held].letter(users[pk], links.of(pk, held)) for held, pk in some]
        send_mails(letters, kind=KIND)
    NoticeRun.objects.filter(pk=window.pk).update(finished_at=clock.now(), notices=len(people))


def _untold(people: list[tuple], window: NoticeRun) -> list[tuple]:
    """A run that was killed begins again: those of before have theirs."""
    keys = [_key(pk, window.day) for _held, pk in people]
    told = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    return [one for one, key in zip(people, keys, strict=True) if key not in told]


def _reports(wanted: set[tuple], window: NoticeRun, known: dict[tuple, Report]) -> dict[tuple, Report]:
    """Contracts → what is told of them. What the people before were told already is not read again."""
    missing = set().union(*(held for held in wanted if held not in known))
    if not missing:
        return known
    numbers = dict(Contract.objects.filter(pk__in=missing).values_list("pk", "number"))
    by_contract: dict[int, list[reports.Row]] = defaultdict(list)
    for row in reports.rows(missing, window.after, window.until):
        by_contract[row.contract].append(row)
    return {
        held: known.get(held)
        or Report(
            window,
            {contract: numbers[contract] for contract in held},
            [row for contract in held for row in by_contract[contract]],
        )
        for held in wanted
    }


class Report:
    """What happened on some contracts: the words of the mail and its csv, made once a language."""

    def __init__(self, window: NoticeRun, contracts: dict[int, str], rows: list[reports.Row]):
        self.window, self.contracts, self.rows = window, contracts, rows
        self.about = clock.rome_date(window.until - timedelta(seconds=1))
        self._words: dict[bool, SameForAll] = {}
        self._files: dict[str, tuple] = {}

    def letter(self, user: User, link: dict) -> Letter:
        return Letter(
            user=user,
            words=self._mail(link).to(user),
            key=_key(user.pk, self.window.day),
            contract_number=next(iter(self.contracts.values())) if len(self.contracts) == 1 else "",
            attachments=(self._file(user),),
        )

    def _mail(self, link: dict) -> SameForAll:
        leads = link["leads_to_erosion"]
        if leads not in self._words:
            context = {
                "day": self.about,
                "rows": [(row, self.contracts[row.contract]) for row in self.rows[:NAMED]],
                "more": max(len(self.rows) - NAMED, 0),
                "count": len(self.rows),
                "several": len(self.contracts) > 1,
                "contract": next(iter(self.contracts.values())),
                **link,
            }
            self._words[leads] = SameForAll("threshold_notice", context)
        return self._words[leads]

    def _file(self, user: User) -> tuple[str, str, bytes]:
        if user.language not in self._files:
            with speaking_to(user):
                attachment = content(self.rows, self.contracts)
            name = f"avanzamento-soglie-{self.about:%Y-%m-%d}.csv"
            self._files[user.language] = (name, CONTENT_TYPES[CSV], attachment)
        return self._files[user.language]


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
