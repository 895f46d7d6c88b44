"""What the scheduler rings for: make what is due today, send it, ask about what was not answered."""

from __future__ import annotations

from billing.topups import delivery, due
from portal import clock
from portal.jobs.registry import job
from portal.jobs.runs import Run
from portal.jobs.services import enqueue


def tick() -> None:
    """Every minute, and harmless as often as one likes. The database says what is due, by the Roman day."""
    enqueue(kind="top-ups-due", key=f"top-ups-due:{clock.today():%Y-%m-%d}")
    due.low_balance()
    delivery.send()
    delivery.check()


@job("top-ups-due")
def make_due(run: Run) -> None:
    """Once a day. One that was killed goes on where it was: what is decided is no longer due."""
    due.make_all(step=lambda made: run.step(done=made))
    delivery.send()


@job("top-ups-send")
def send_now(run: Run) -> None:
    """Somebody waits for it."""
    due.low_balance()
    delivery.send()
