"""What help brings to the desk: tickets step by step, calls, chats; and what of it still waits."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock
from portal.site.desk import MOMENTS, Box, Card, Link, Moment, box, figure, moments
from portal.site.templatetags.portal import datetime_it
from support.models import CallBack, Chat, DeviceTicket, TicketChange, TicketState


# --- Whose --------------------------------------------------------------------------------------------------------
def _tickets(card: Card, before_ticket: str = "") -> Q:
    """On the device of the line, opened by the person, of the contract."""
    if card.line_number:
        return Q(
            **{
                f"{before_ticket}device__line__number": card.line_number,
                f"{before_ticket}contract": card.contract,
            }
        )
    if card.user is not None:
        return Q(**{f"{before_ticket}request__filed_by": card.user})
    return Q(**{f"{before_ticket}contract": card.contract})


def _calls(card: Card) -> Q:
    """To the number, for the person, of the contract."""
    if card.line_number:
        return Q(phone=card.line_number)
    return Q(user=card.user) if card.user is not None else Q(contract=card.contract)


def _chats(card: Card) -> Q:
    """With who registered with the number, with the person, of the contract."""
    if card.line_number:
        return Q(user__mobile_number=card.line_number, contract=card.contract)
    return Q(user=card.user) if card.user is not None else Q(contract=card.contract)


# --- What happened ------------------------------------------------------------------------------------------------
@moments("support.view_deviceticket")
def tickets(card: Card, before):
    rows = TicketChange.objects.filter(_tickets(card, "ticket__"), at__lt=before)
    for one in rows.select_related("ticket", "actor").order_by("-at", "-pk")[:MOMENTS]:
        words = " · ".join(part for part in (one.ticket.device_name, one.ticket.imei, one.note) if part)
        yield Moment(
            one.at,
            _("Ticket"),
            f"{one.ticket.number} · {_step(one)}",
            reverse("admin:support_deviceticket_change", args=[one.ticket_id]),
            words,
            one.actor.get_full_name() if one.actor else "",
        )


def _step(one: TicketChange) -> str:
    if one.about == TicketChange.About.REPLACEMENT:
        state = DeviceTicket.Replacement(one.to_state).label
        return _("Apparato sostitutivo: %(state)s") % {"state": state}
    return str(TicketState(one.to_state).label)


@moments("support.view_callback")
def calls_booked(card: Card, before):
    rows = CallBack.objects.filter(_calls(card), booked_at__lt=before).select_related("user")
    for one in rows.order_by("-booked_at", "-pk")[:MOMENTS]:
        yield Moment(
            one.booked_at,
            _("Chiamata"),
            _("Chiamata prenotata al %(number)s") % {"number": one.phone},
            _calls_url(one),
            one.get_state_display(),
            one.user.get_full_name(),
        )


@moments("support.view_callback")
def calls_made(card: Card, before):
    rows = CallBack.objects.filter(_calls(card), handled_at__lt=before).select_related("handled_by")
    for one in rows.order_by("-handled_at", "-pk")[:MOMENTS]:
        who = one.handled_by.get_full_name() if one.handled_by else ""
        yield Moment(one.handled_at, _("Chiamata"), one.get_state_display(), _calls_url(one), one.note, who)


def _calls_url(one: CallBack) -> str:
    return reverse("admin:support_callback_change", args=[one.pk])


@moments("support.view_chat")
def chats(card: Card, before):
    """That there was one, and with whom; what was said is on the page of the chat."""
    rows = Chat.objects.filter(_chats(card), opened_at__lt=before).select_related("user", "operator")
    for one in rows.order_by("-opened_at", "-pk")[:MOMENTS]:
        words = [one.get_state_display()]
        if one.operator is not None:
            words.append(_("con %(name)s") % {"name": one.operator.get_full_name()})
        yield Moment(
            one.opened_at,
            _("Chat"),
            _("Chat iniziata"),
            reverse("admin:support_chat_change", args=[one.pk]),
            " · ".join(words),
            one.user.get_full_name(),
        )


# --- What waits ---------------------------------------------------------------------------------------------------
WAITING = 5


@box("support.view_deviceticket")
def open_tickets(card: Card) -> Box | None:
    rows = list(DeviceTicket.objects.open().filter(_tickets(card)).order_by("due_at", "pk")[: WAITING + 1])
    if not rows:
        return None
    facts = [
        (
            one.number,
            _("%(state)s, entro il %(day)s")
            % {"state": one.get_state_display(), "day": f"{clock.rome_date(one.due_at):%d/%m/%Y}"},
        )
        for one in rows[:WAITING]
    ]
    if len(rows) > WAITING:
        facts.append(("…", _("e altri")))
    url = f"{reverse('admin:support_deviceticket_changelist')}?tempo=open"
    return Box(_("Ticket aperti"), tuple(facts), (Link(_("Tutti i ticket aperti"), url),))


@box("support.view_callback")
def calls_to_make(card: Card) -> Box | None:
    rows = CallBack.objects.waiting().filter(_calls(card)).order_by("due_from", "pk")[:WAITING]
    facts = tuple((one.phone, datetime_it(one.due_from)) for one in rows)
    return Box(_("Chiamate da fare"), facts) if facts else None


# --- Figures of the day -------------------------------------------------------------------------------------------
@figure("support.view_chat")
def chats_today():
    waiting = Chat.objects.filter(state=Chat.State.WAITING).count()
    yield _("chat in attesa"), waiting, f"{reverse('admin:support_chat_changelist')}?state__exact=waiting"


@figure("support.view_callback")
def calls_today():
    due = CallBack.objects.waiting().filter(due_from__lte=clock.now()).count()
    yield _("chiamate da fare"), due, f"{reverse('admin:support_callback_changelist')}?state__exact=waiting"


@figure("support.view_deviceticket")
def tickets_today():
    late = DeviceTicket.objects.open().filter(due_at__lt=clock.now()).count()
    yield _("ticket in ritardo"), late, f"{reverse('admin:support_deviceticket_changelist')}?tempo=late"
    opened = DeviceTicket.objects.open().count()
    yield _("ticket aperti"), opened, f"{reverse('admin:support_deviceticket_changelist')}?tempo=open"
