"""Looking at what traffic did to thresholds: crossings are recorded, lines stopped, people told. All or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models import Freshness
from lines.models import Line, LineState
from lines.services import states
from portal import clock
from portal.outbox.services import send_sms
from portal.words import speaking_to
from thresholds import evaluation
from thresholds.models import Crossing, Family, Kind, Period
from thresholds.services.immediate import tell_at_once

log = structlog.get_logger(__name__)

SMS_KIND = "threshold-block"
LOOK_BACK = timedelta(hours=2)  # contracts whose traffic came in since then are looked at again


@transaction.atomic
def look_at(lines: Sequence[int] | None, days: Iterable[date] | None = None) -> int:
    """Lines whose traffic or thresholds have changed; `days`: only those of the traffic. Returns the new crossings."""
    spans = evaluation.running() if days is None else evaluation.spans_of(days)
    made = evaluation.record_crossings(spans, lines)
    if made:
        enforce(made)
        tell_at_once(made)
    if days is None or clock.month_start(clock.today()) in {clock.month_start(day) for day in days}:
        evaluation.record_bundle_steps(lines)
    return len(made)


def after_traffic(sender, batch, touched, **kwargs) -> None:
    """A part of a file is in. Should this fail, the traffic stays and `catch_up` looks again."""
    try:
        look_at(touched.lines, touched.days)
    except Exception:
        log.exception("thresholds_not_looked_at", batch=batch.pk)


def catch_up() -> int:
    """What a look may have missed because its worker died: contracts that had traffic lately, and lines let go since."""
    since = clock.now() - LOOK_BACK
    contracts = Freshness.objects.filter(loaded_at__gte=since).values("contract").distinct()
    made = 0
    for contract in contracts.values_list("contract", flat=True):
        lines = Line.objects.living().filter(contract=contract)
        touched = lines.filter(Q(thresholds__state=LineState.ACTIVE) | Q(billing_type="prepaid"))
        ids = list(touched.order_by("pk").values_list("pk", flat=True).distinct())
        made += look_at(ids, [span.first for span in evaluation.recent() if span.period == "day"])
    enforce()
    return made


@transaction.atomic
def enforce(crossings: Collection[int] | None = None) -> set[int]:
    """Stop the lines whose blocking threshold is used up: those of these crossings, or whatever is due (None)."""
    due = _due()
    if crossings is not None:
        due = due.filter(pk__in=crossings)
    found = list(due.select_related("line", "threshold").order_by("line_id", "pk"))
    if not found:
        return set()
    stopped = states.suspend(
        lines={one.line_id for one in found},
        by=Line.SuspendedBy.THRESHOLD,
        note=str(_("Soglia dispositiva raggiunta")),
    )
    mine = [one for one in found if one.line_id in stopped]
    Crossing.objects.filter(pk__in=[one.pk for one in mine]).update(blocked_at=clock.now())
    told: set[int] = set()
    for crossing in mine:
        if crossing.line_id not in told:
            told.add(crossing.line_id)
            _tell_the_line(crossing)
    return stopped


def _due():
    """Of running periods and of the threshold as it stands now; a line is stopped once for each crossing."""
    today = clock.today()
    now = Q(period=Period.DAY, starts_on=today) | Q(period=Period.MONTH, starts_on=clock.month_start(today))
    return Crossing.objects.filter(
        now,
        kind=Kind.BLOCK,
        level=100,
        is_late=False,
        blocked_at=None,
        released_at=None,
        threshold__state=LineState.ACTIVE,
        threshold__edition=F("edition"),
        line__state=LineState.ACTIVE,
    )


def _tell_the_line(crossing: Crossing) -> None:
    with speaking_to(None):
        text = _block_words(crossing)
    send_sms(to=crossing.line.number, text=text, kind=SMS_KIND, key=f"{SMS_KIND}:{crossing.pk}")


def _block_words(crossing: Crossing) -> str:
    what = (
        _("dati fuori dall'Unione europea") if crossing.threshold.family == Family.ROAMING else _("di spesa")
    )
    if crossing.value == 0:
        words = _(
            "La tua linea è stata fermata al primo traffico a pagamento, come prevede la sua soglia %(what)s."
        )
    else:
        words = _("La tua linea è stata fermata: ha raggiunto la soglia %(what)s di %(value)d €.")
    ask = _("Per riattivarla rivolgiti al referente della tua amministrazione.")
    return f"{words % {'what': what, 'value': crossing.value}} {ask}"
