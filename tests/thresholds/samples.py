"""Thresholds belong to the contract of who looks at them; notices to the person they were sent to."""

from datetime import date

from portal.outbox.services import send_mail
from tests import world as people
from tests.listrows import rows
from tests.samples import for_a1, for_b1, for_people, sample
from thresholds.models import Threshold
from thresholds.services.notices import KIND


def make_threshold(line, **values) -> Threshold:
    defaults = {"kind": "notify", "period": "month", "value": 50, "activated_on": date(2026, 4, 1)}
    return Threshold.objects.create(
        contract=line.contract, line=line, number=line.number, **(defaults | values)
    )


def make_notice(user, key: str):
    """As the daily job would send it."""
    return send_mail(
        to=user.email,
        template="threshold_notice",
        context={
            "person": user,
            "day": date(2026, 11, 19),
            "rows": [],
            "count": 0,
            "contract": "888010088938",
        },
        kind=KIND,
        key=key,
        user=user,
        attachments=[("avanzamento-soglie.csv", "text/csv", b"Linea;Descrizione\r\n")],
    )


@sample("thresholds:line")
def _(world):
    make_threshold(world.line_postpaid)
    make_threshold(world.line_other)
    return [for_a1(pk=world.line_postpaid.pk), for_b1(pk=world.line_other.pk)]


@sample("thresholds:notice")
def _(world):
    return [
        for_people(name, pk=make_notice(getattr(world, name), f"sample-{name}").pk)
        for name in ("roa", "traffic")
    ]


@sample("thresholds:attachment")
def _(world):
    return [
        for_people(name, pk=make_notice(getattr(world, name), f"sample-file-{name}").pk, file_format="csv")
        for name in ("roa", "traffic")
    ]


@rows
def thresholds_and_notices(world, start, count):
    for number in range(start, start + count):
        line = people.line(world.a1, f"338{number:07d}")
        make_threshold(line)
        make_notice(world.roa, f"rows-{number}")
