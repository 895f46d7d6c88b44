"""Traffic for the demo: erosion grows before one's eyes, a line is stopped and let go, messages arrive.

    python manage.py demo_traffic                        # six rounds, three seconds apart
    python manage.py demo_traffic --rounds 20 --pause 1 --contract 888012234558

Each round is a file of events as the operator would send it, loaded in the same way.
"""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from billing.querysets import UNITS
from lines.models import LineState
from portal import clock, money
from portal.accounts.models import User
from portal.contracts.feeds import services as feeds
from portal.identifiers import show_mobile
from portal.outbox.models import Message
from thresholds.models import Kind, Threshold
from thresholds.services.release import release

HEADER = (
    "id;contratto;numero;istante;chiamato;volume;lordo;netto;categoria;zona;pagante;storno;dettaglio;operatore;"
    "opzione;tariffazione"
)
COMPANIONS = 6  # thresholds that wear away beside the one that stops its line
BAR = 24


class Command(BaseCommand):
    help = "Invents traffic in the demo, round by round: thresholds wear away, a line stops and is let go."

    def add_arguments(self, parser):
        parser.add_argument("--rounds", type=int, default=6)
        parser.add_argument("--pause", type=float, default=3, help="seconds between two rounds")
        parser.add_argument("--contract", default="888010088938")
        parser.add_argument("--hold", type=int, default=1, help="rounds for which the line stays stopped")

    def handle(self, *args, rounds, pause, contract, hold, **options):
        if not settings.DEMO:
            raise CommandError("This invents traffic: it works in the demo only.")
        before = Message.objects.count()
        story = self._story(contract)
        stopped_for = None
        for number in range(1, rounds + 1):
            self._load(story)
            self._show(number, story)
            stopped_for = self._after(story[0], stopped_for, hold)
            if number < rounds:
                time.sleep(pause)
        self.stdout.write(
            f"\nMessages on their way: {Message.objects.count() - before}. Look at /demo/ for them."
        )

    def _story(self, contract: str) -> list[Threshold]:
        """A blocking threshold of a line that works, first; then some that only warn."""
        rows = Threshold.objects.living().filter(
            contract__number=contract,
            family="spend",
            period="month",
            value__gt=0,
            line__state=LineState.ACTIVE,
        )
        fresh = (
            rows.with_erosion()
            .filter(erosion__lt=8_000)
            .select_related("line", "contract")
            .order_by("number")
        )
        hero = fresh.filter(kind=Kind.BLOCK).first()
        if hero is None:
            raise CommandError("No line with a blocking threshold is left to be stopped: start a fresh demo.")
        return [hero, *fresh.filter(kind=Kind.NOTIFY)[:COMPANIONS]]

    def _load(self, story: list[Threshold]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"traffic-demo-{uuid.uuid4().hex}.csv"
            path.write_text("\n".join([HEADER, *self._events(story)]) + "\n", encoding="utf-8")
            batch = feeds.load_path(kind="traffic", path=path).batch
        if batch.rejected:
            raise CommandError(batch.rejects.first().reason)

    @staticmethod
    def _events(story: list[Threshold]) -> Iterator[str]:
        at = clock.now() - timedelta(minutes=1)
        if clock.rome_date(at) != clock.today():
            at = clock.now()
        for index, threshold in enumerate(story):
            if index == 0 and threshold.line.state != LineState.ACTIVE:
                continue  # it stands still: no charged traffic
            part = 4 if index == 0 else 9 + index
            units = max(threshold.value * UNITS // part, 1)
            amount = f"{units // UNITS},{units % UNITS:04d}"
            yield (
                f"{uuid.uuid4().hex};{threshold.contract.number};{threshold.number};{at:%Y-%m-%dT%H:%M:%SZ};;"
                f"{units // 5};{amount};{amount};Dati;Nazionale;Aziendale;No;ibox.tim.it;TIM;;A consumo"
            )

    def _show(self, number: int, story: list[Threshold]) -> None:
        self.stdout.write(f"\n{clock.rome(clock.now()):%H:%M:%S}  round {number}")
        rows = (
            Threshold.objects.filter(pk__in=[one.pk for one in story]).with_erosion().select_related("line")
        )
        by_key = {one.pk: one for one in rows}
        for one in story:
            row = by_key[one.pk]
            one.line = row.line
            full = min(row.erosion * BAR // 10_000, BAR)
            bar = "#" * full + "." * (BAR - full)
            state = "" if row.line.state == LineState.ACTIVE else f"  {row.line.get_state_display()}"
            self.stdout.write(
                f"  {show_mobile(row.number)}  [{bar}] {row.erosion / 100:6.2f} % of {money.euro(row.value, 0)}"
                f"  {row.get_kind_display()}{state}"
            )

    def _after(self, hero: Threshold, stopped_for: int | None, hold: int) -> int | None:
        """Rounds the line has stood still; after `hold` of them customer service lets it go."""
        if hero.line.suspended_by != "threshold":
            return None
        stopped_for = 0 if stopped_for is None else stopped_for + 1
        if stopped_for < hold:
            self.stdout.write(f"  {show_mobile(hero.number)} has been stopped by its threshold.")
            return stopped_for
        staff = User.objects.filter(username="supervisore").first()
        release(lines=[hero.line_id], actor=staff)
        hero.line.refresh_from_db()
        self.stdout.write(f"  {show_mobile(hero.number)} has been let go by customer service.")
        return None
