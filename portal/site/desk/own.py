"""What the ground floors bring to the desk: people and contracts, requests, messages, the register."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.models import User
from portal.audit.models import AuditEntry
from portal.contracts.access import Access
from portal.contracts.feeds.models import FeedBatch
from portal.contracts.models import Contract
from portal.operations.models import ServiceRequest
from portal.outbox.models import Message
from portal.site.desk.cards import MOMENTS, Card, Found, Link, Moment, card, figure, finder, moments
from portal.site.templatetags.portal import date_it, datetime_it


# --- Cards ----------------------------------------------------------------------------------------------------
@card("persona", "accounts.view_user")
def person(key: str) -> Card | None:
    user = User.objects.select_related("organization").filter(pk=key).first() if key.isdigit() else None
    if user is None:
        return None
    access = Access.load(user)
    facts = (
        (_("Username"), user.username),
        (_("Ente"), user.organization or "–"),
        (_("N° mobile"), user.mobile_number or "–"),
        (_("E-mail"), user.email),
        (_("Contratti"), ", ".join(one.number for one in access.contracts) or "–"),
        (_("Registrato il"), date_it(user.registered_at)),
        (_("Ultimo accesso"), datetime_it(user.last_login) if user.last_login else _("mai")),
        (_("Stato"), _("aperto") if user.is_open else _("chiuso")),
    )
    links = [Link(_("Account e sblocco"), reverse("admin:accounts_user_change", args=[user.pk]))]
    if user.is_open and not user.is_staff:
        links.append(
            Link(_("Vedi il portale come questa persona"), reverse("console:see-as", args=[user.pk]))
        )
    if access.own_line is not None:
        links.append(Link(_("La sua linea"), reverse("console:card", args=["linea", access.own_line.number])))
    if access.contract is not None:
        links.append(
            Link(_("Il suo contratto"), reverse("console:card", args=["contratto", access.contract.number]))
        )
    return Card("persona", key, user.get_full_name(), user.username, facts, tuple(links), user=user)


@card("contratto", "contracts.view_contract")
def contract(key: str) -> Card | None:
    found = Contract.objects.select_related("organization", "agreement").filter(number=key).first()
    if found is None:
        return None
    referents = found.referents.current().order_by("role", "last_name")
    facts = (
        (_("Ente"), found.organization.name),
        (_("Convenzione"), found.agreement.name),
        (_("Attivo dal"), date_it(found.activated_on)),
        (_("Cessato il"), date_it(found.ceased_on) if found.ceased_on else "–"),
        *((one.get_role_display(), f"{one.full_name} · {one.mobile_number}") for one in referents),
    )
    links = (
        Link(_("Dati del contratto"), reverse("admin:contracts_contract_change", args=[found.pk])),
        Link(
            _("Pratiche al desk"),
            f"{reverse('admin:operations_servicerequest_changelist')}?q={found.number}",
        ),
    )
    return Card("contratto", key, found.number, found.organization.name, facts, links, contract=found)


# --- Found by typing ------------------------------------------------------------------------------------------
@finder("contracts.view_contract")
def contracts(words: str):
    if len(words) < 3:
        return
    named = Q(number__startswith=words) | Q(organization__name__icontains=words)
    for one in Contract.objects.select_related("organization").filter(named).order_by("number")[:10]:
        yield Found(one.number, "contratto", one.number, one.organization.name)


@finder("accounts.view_user")
def people(words: str):
    if len(words) < 3:
        return
    rows = User.objects.select_related("organization").order_by("last_name", "first_name")
    for word in words.split():
        rows = rows.filter(
            Q(last_name__istartswith=word)
            | Q(first_name__istartswith=word)
            | Q(username__istartswith=word)
            | Q(mobile_number=word)
        )
    for one in rows[:10]:
        yield Found(
            one.get_full_name(), "persona", str(one.pk), f"{one.username} · {one.organization or '–'}"
        )


# --- Moments --------------------------------------------------------------------------------------------------
@moments("operations.view_servicerequest")
def requests(card: Card, before):
    rows = ServiceRequest.objects.filter(opened_at__lt=before)
    if card.line_number:
        rows = rows.filter(
            Q(line_number=card.line_number) | Q(items__line_number=card.line_number)
        ).distinct()
    elif card.user is not None:
        rows = rows.filter(filed_by=card.user)
    else:
        rows = rows.filter(contract=card.contract)
    for one in rows.select_related("filed_by").order_by("-opened_at", "-pk")[:MOMENTS]:
        yield Moment(
            one.opened_at,
            _("Pratica"),
            f"{one.number} · {one.title}",
            reverse("admin:operations_servicerequest_change", args=[one.pk]),
            one.get_state_display(),
            one.filed_by.get_full_name() if one.filed_by else "",
        )


@moments("outbox.view_message")
def messages(card: Card, before):
    rows = Message.objects.filter(created_at__lt=before)
    if card.line_number:
        rows = rows.filter(recipient=card.line_number)
    elif card.user is not None:
        rows = rows.filter(Q(user=card.user) | Q(recipient=card.user.mobile_number))
    else:
        rows = rows.filter(contract_number=card.contract.number)
    for one in rows.order_by("-created_at", "-pk")[:MOMENTS]:
        yield Moment(
            one.created_at,
            one.get_channel_display(),
            one.subject or one.shown_text[:80] or one.kind,
            reverse("admin:outbox_message_change", args=[one.pk]),
            one.get_state_display(),
        )


@moments("audit.view_auditentry")
def register(card: Card, before):
    rows = AuditEntry.objects.filter(at__lt=before)
    if card.line_number:
        rows = rows.filter(line_number=card.line_number)
    elif card.user is not None:
        about = Q(object_type="accounts.user", object_id=str(card.user.pk))
        rows = rows.filter(Q(actor=card.user) | about)
    else:
        rows = rows.filter(contract_number=card.contract.number)
    for one in rows.order_by("-at", "-pk")[:MOMENTS]:
        text = " · ".join(part for part in (one.object_name, one.note) if part)
        yield Moment(one.at, _("Registro"), one.label, "", text, one.actor_name)


# --- Figures of the day ---------------------------------------------------------------------------------------
@figure("operations.view_servicerequest")
def requests_today():
    start, _end = clock.day_bounds(clock.today(), clock.today())
    rows = ServiceRequest.objects.filter(opened_at__gte=start)
    url = reverse("admin:operations_servicerequest_changelist")
    yield _("pratiche arrivate oggi"), rows.count(), url
    yield _("aperte oltre la promessa"), ServiceRequest.objects.late().count(), f"{url}?coda=ritardo"


@figure("outbox.view_message")
def messages_today():
    start, _end = clock.day_bounds(clock.today(), clock.today())
    failed = Message.objects.filter(created_at__gte=start, state=Message.State.FAILED).count()
    yield (
        _("messaggi di oggi non consegnati"),
        failed,
        (f"{reverse('admin:outbox_message_changelist')}?state__exact=failed"),
    )


@figure("contracts.view_feedbatch")
def feeds_today():
    start, _end = clock.day_bounds(clock.today(), clock.today())
    bad = (FeedBatch.State.FAILED, FeedBatch.State.BRAKED, FeedBatch.State.REFUSED)
    stopped = FeedBatch.objects.filter(created_at__gte=start, state__in=bad).count()
    yield _("flussi di oggi fermi"), stopped, reverse("console:feeds")
