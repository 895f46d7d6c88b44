"""What thresholds bring to the desk: how far they are worn away, what passed them, what was stopped and let go."""

from __future__ import annotations

from django.db.models import Count, Max
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lines.models import Line
from portal import clock
from portal.site.desk import MOMENTS, Box, Card, Link, Moment, box, figure, moments
from portal.site.templatetags.portal import euro, number
from thresholds.lists import LIST_PERIODS, euros, hundredths
from thresholds.models import Crossing, Release, Threshold


# --- What happened ------------------------------------------------------------------------------------------------
@moments("thresholds.view_crossing")
def crossings(card: Card, before):
    for one in (
        _of_line(Crossing, card).filter(is_silent=False, at__lt=before).order_by("-at", "-pk")[:MOMENTS]
    ):
        yield Moment(one.at, _("Soglia"), _crossed(one), _url(one), _worth(one))


@moments("thresholds.view_crossing")
def stops(card: Card, before):
    rows = _of_line(Crossing, card).filter(blocked_at__lt=before).order_by("-blocked_at", "-pk")
    for one in rows[:MOMENTS]:
        yield Moment(one.blocked_at, _("Soglia"), _("Linea fermata dalla soglia"), _url(one), one.name)


@moments("thresholds.view_release")
def releases(card: Card, before):
    rows = _of_line(Release, card).filter(at__lt=before).select_related("by").order_by("-at", "-pk")
    for one in rows[:MOMENTS]:
        who = one.by.get_full_name() if one.by else ""
        yield Moment(one.at, _("Soglia"), _("Linea sbloccata"), "", one.name, who)


@moments("thresholds.view_crossing")
def crossings_of_a_contract(card: Card, before):
    """Day by day and level by level: in one look at a file a whole contract may pass."""
    if card.contract is None or card.line_number:
        return
    rows = (
        Crossing.objects.filter(contract=card.contract, is_silent=False)
        .order_by()
        .annotate(day=TruncDate("at", tzinfo=clock.ROME))
        .values("day", "level")
        .annotate(last=Max("at"), lines=Count("line", distinct=True), stopped=Count("blocked_at"))
        .filter(last__lt=before)
        .order_by("-last", "-level")
    )
    url = f"{reverse('admin:thresholds_crossing_changelist')}?q={card.contract.number}"
    for one in rows[:MOMENTS]:
        words = ngettext("%(lines)d linea al %(level)d %%", "%(lines)d linee al %(level)d %%", one["lines"])
        stopped = ngettext("%(count)d fermata", "%(count)d fermate", one["stopped"]) % {
            "count": one["stopped"]
        }
        yield Moment(one["last"], _("Soglie"), words % one, url, stopped if one["stopped"] else "")


def _of_line(model, card: Card):
    if not card.line_number:
        return model.objects.none()
    return model.objects.filter(line__number=card.line_number, contract=card.contract)


def _crossed(one: Crossing) -> str:
    return _("%(name)s al %(level)d %%") % {"name": one.name, "level": one.level}


def _worth(one: Crossing) -> str:
    late = _("tardivo") if one.is_late else ""
    return " · ".join(part for part in (one.get_kind_display(), euro(one.value, 0), late) if part)


def _url(one: Crossing) -> str:
    return reverse("admin:thresholds_crossing_change", args=[one.pk])


# --- How things stand ---------------------------------------------------------------------------------------------
@box("thresholds.view_threshold")
def limits(card: Card) -> Box | None:
    if card.line_number:
        return _limits_of_line(card)
    return _limits_of_contract(card.contract) if card.contract is not None else None


def _limits_of_line(card: Card) -> Box | None:
    rows = Threshold.objects.living().filter(line__number=card.line_number, contract=card.contract)
    facts = tuple((one.name, _erosion(one)) for one in rows.with_erosion().order_by("family"))
    if not facts:
        return None
    url = f"{reverse('admin:thresholds_threshold_changelist')}?q={card.line_number}"
    return Box(_("Soglie"), facts, (Link(_("Tutte le soglie della linea"), url),))


def _erosion(one: Threshold) -> str:
    words = _("%(used)s %% di %(value)s (%(period)s), restano %(left)s")
    return words % {
        "used": number(hundredths(one.erosion), 2),
        "value": euro(one.value, 0),
        "period": str(LIST_PERIODS[one.period]).lower(),
        "left": euro(euros(one.left)),
    }


def _limits_of_contract(contract) -> Box | None:
    active = Threshold.objects.living().filter(contract=contract).count()
    start = clock.day_start(clock.month_start(clock.today()))
    facts = [(_("Soglie attive"), number(active))]
    by_level = (
        Crossing.objects.filter(contract=contract, at__gte=start, is_silent=False)
        .order_by()
        .values("level")
        .annotate(lines=Count("line", distinct=True))
        .order_by("level")
    )
    facts += [(_("Linee al %(level)d %% questo mese") % one, number(one["lines"])) for one in by_level]
    stopped = Line.objects.filter(contract=contract, suspended_by=Line.SuspendedBy.THRESHOLD).count()
    if not active and not by_level and not stopped:
        return None
    facts.append((_("Linee ferme per una soglia"), number(stopped)))
    url = f"{reverse('admin:thresholds_stoppedline_changelist')}?q={contract.number}"
    return Box(_("Soglie"), tuple(facts), (Link(_("Linee ferme da sbloccare"), url),) if stopped else ())


# --- Figures of the day -------------------------------------------------------------------------------------------
@figure("thresholds.release_line")
def stopped_today():
    stopped = Line.objects.filter(suspended_by=Line.SuspendedBy.THRESHOLD).count()
    yield _("linee ferme per una soglia"), stopped, reverse("admin:thresholds_stoppedline_changelist")
