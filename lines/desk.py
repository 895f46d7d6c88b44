"""What lines bring to the desk: the card of a line, found by number, ICCID or IMEI, and its own history."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from lines.models import Device, Holding, Line, SimAssignment, SimCard
from portal import clock
from portal.site.desk import MOMENTS, Card, Found, Link, Moment, card, finder, moments
from portal.site.templatetags.portal import date_it


@card("linea", "lines.view_line")
def line(key: str) -> Card | None:
    found = (
        Line.objects.select_related("contract__organization", "plan")
        .filter(number=key)
        .order_by("ceased_on", "-pk")  # of a number given out twice, the living line
        .first()
    )
    if found is None:
        return None
    suspended = f" ({found.get_suspended_by_display()})" if found.suspended_by else ""
    facts = (
        (_("Stato"), f"{found.get_state_display()}{suspended}"),
        (_("Contratto"), found.contract.number),
        (_("Ente"), found.contract.organization.name),
        (_("Profilo tariffario"), found.plan.name),
        (_("Tipo"), found.get_billing_type_display()),
        (_("Assegnatario"), found.holder_name or "–"),
        (_("ICCID"), found.iccid or "–"),
        (_("Data Attivazione"), date_it(found.activated_on)),
    )
    links = (
        Link(_("SIM, servizi e assegnatari"), reverse("admin:lines_line_change", args=[found.pk])),
        Link(_("Il suo contratto"), reverse("console:card", args=["contratto", found.contract.number])),
    )
    return Card(
        "linea",
        key,
        found.number,
        found.contract.organization.name,
        facts,
        links,
        line_number=found.number,
        contract=found.contract,
    )


@finder("lines.view_line")
def lines(words: str):
    """A number, an ICCID as it is printed, an IMEI: each through its index, never by a part of it."""
    text = words.replace(" ", "")
    if not text.isascii() or not text.isdigit() or not 9 <= len(text) <= 20:
        return
    numbers = Line.objects.filter(Q(number=text) | Q(iccid=text)).values_list("number", flat=True)
    by_sim = SimCard.objects.filter(iccid=text, line__isnull=False).values_list("line__number", flat=True)
    by_device = Device.objects.filter(imei=text, line__isnull=False).values_list("line__number", flat=True)
    for number in dict.fromkeys([*numbers[:10], *by_sim[:10], *by_device[:10]]):
        yield Found(number, "linea", number, _("Linea"))


@moments("lines.view_line")
def cards(card: Card, before):
    """Which SIM was on the line, and who had it, from when."""
    if not card.line_number:
        return
    day = clock.rome_date(before)
    mine = {"line__number": card.line_number, "line__contract": card.contract, "starts_on__lte": day}
    sims = SimAssignment.objects.filter(**mine).select_related("sim").order_by("-starts_on")[:MOMENTS]
    holders = Holding.objects.filter(**mine).order_by("-starts_on")[:MOMENTS]
    found = [
        *(Moment(_begin(one.starts_on), _("SIM"), one.sim.iccid, "", one.get_role_display()) for one in sims),
        *(
            Moment(_begin(one.starts_on), _("Assegnatario"), f"{one.first_name} {one.last_name}".strip())
            for one in holders
        ),
    ]
    yield from sorted((one for one in found if one.at < before), key=lambda one: one.at, reverse=True)


def _begin(day) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.ROME)
