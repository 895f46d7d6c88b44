"""What this app knows of a line: data, SIMs, services, devices, holders, requests and the register."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from lines.models import DeviceAssignment, Holding, Line, SimAssignment
from lines.panels import EVENTS_SHOWN, Event, Panel, line_events, panel
from portal.audit.models import AuditEntry
from portal.operations.models import ServiceRequest
from portal.site.templatetags.portal import badge, date_it, datetime_it
from portal.site.templatetags.portal import number as figure

SHOWN = 50


def state_badge(row) -> str:
    return badge(row.state, str(row.get_state_display()))


def code(text: str) -> str:
    return format_html('<span class="pc-code">{}</span>', text)


def period(row) -> tuple:
    return date_it(row.starts_on), date_it(row.ends_on) if row.ends_on else _("oggi")


def person_of(row) -> str:
    """Who held it, and the way to everything that person had."""
    name = f"{row.last_name} {row.first_name}".strip()
    if not row.tax_code or not isinstance(row, Holding):
        return name or _("nessuno")
    return format_html('<a href="{}">{}</a>', reverse("lines:person", args=[row.pk]), name or row.tax_code)


# --- Sections -------------------------------------------------------------------------------------------------
@panel(10)
def data(access, line: Line) -> Panel:
    holding = Holding.objects.for_access(access).filter(line=line, ends_on=None).first()
    values = [
        (_("Stato"), state_badge(line)),
        (_("Profilo tariffario"), line.plan.name),
        (_("Tipo"), line.get_billing_type_display()),
        (_("Assegnatario"), person_of(holding) if holding else line.holder_name),
        (_("Centro di costo"), line.cost_centre),
        (_("TIM TUO"), _("Abilitato") if line.dual_billing_allowed else _("Non abilitato")),
        (_("Data Attivazione"), date_it(line.activated_on)),
        (_("Data cessazione"), date_it(line.ceased_on)),
    ]
    if line.suspended_by:
        values.insert(1, (_("Motivo della sospensione"), line.get_suspended_by_display()))
    return Panel("dati", _("Dati della linea"), values=values)


@panel(20)
def sims(access, line: Line) -> Panel:
    rows = SimAssignment.objects.for_access(access).filter(line=line).select_related("sim")[:SHOWN]
    return Panel(
        "sim",
        _("SIM nel tempo"),
        (_("ICCID"), _("One number"), _("Dal"), _("Al"), _("Stato della SIM")),
        [(code(row.sim.iccid), row.get_role_display(), *period(row), state_badge(row.sim)) for row in rows],
        empty=_("La linea non ha ancora una SIM."),
    )


@panel(30)
def services(access, line: Line) -> Panel:
    rows = list(line.services.order_by("state", "description")[: SHOWN + 1])
    return Panel(
        "servizi",
        _("Servizi"),
        (
            _("Descrizione"), _("Stato"), _("Data Attivazione"), _("Data Cessazione"),
            (_("% a carico Ente"), "num"), (_("Canone €"), "num"),
        ),
        [
            (
                row.full_description, state_badge(row), date_it(row.activated_on), date_it(row.ceased_on),
                row.organization_share, figure(row.fee, 2),
            )
            for row in rows[:SHOWN]
        ],
        empty=_("Nessun servizio su questa linea."),
        more=f"{reverse('lines:services')}?linea={line.number}" if len(rows) > SHOWN else "",
    )  # fmt: skip


@panel(40)
def devices(access, line: Line) -> Panel:
    rows = DeviceAssignment.objects.for_access(access).filter(line=line).select_related("device")[:SHOWN]
    return Panel(
        "apparato",
        _("Apparati nel tempo"),
        (_("IMEI"), _("Codice NMU"), _("Descrizione"), _("Dal"), _("Al")),
        [
            (code(row.device.imei), code(row.device.nmu_code), row.device.description, *period(row))
            for row in rows
        ],
        empty=_("Nessun apparato del contratto è stato usato su questa linea."),
    )


@panel(50)
def holders(access, line: Line) -> Panel:
    rows = Holding.objects.for_access(access).filter(line=line)[:SHOWN]
    return Panel(
        "assegnatari",
        _("Assegnatari nel tempo"),
        (_("Persona"), _("Centro di costo"), _("Dal"), _("Al")),
        [(person_of(row), row.cost_centre, *period(row)) for row in rows],
        empty=_("Nessuna assegnazione registrata per questa linea."),
    )


@panel(60)
def requests(access, line: Line) -> Panel | None:
    if not access.may("7.3.1"):
        return None
    rows = ServiceRequest.objects.for_access(access).filter(items__line_number=line.number).distinct()[:SHOWN]
    return Panel(
        "pratiche",
        _("Pratiche"),
        (_("N pratica"), _("Tipo pratica"), _("Stato"), _("Apertura"), _("Chiusura")),
        [
            (
                code(row.number), row.title, state_badge(row), datetime_it(row.opened_at),
                datetime_it(row.closed_at),
            )
            for row in rows
        ],
        empty=_("Nessuna pratica su questa linea."),
    )  # fmt: skip


@panel(90)
def register(access, line: Line) -> Panel | None:
    if not access.may("B2.6"):
        return None
    rows = AuditEntry.objects.for_access(access).filter(line_number=line.number)[:EVENTS_SHOWN]
    return Panel(
        "registro",
        _("Registro attività"),
        (_("Data e ora"), _("Persona"), _("Azione")),
        [(datetime_it(row.at), row.actor_name or row.get_source_display(), row.label) for row in rows],
        empty=_("Nessuna operazione registrata su questa linea."),
        more=reverse("site:register"),
    )


# --- The timeline ---------------------------------------------------------------------------------------------
@line_events
def life(access, line: Line) -> Iterator[Event]:
    if line.activated_on:
        yield Event(line.activated_on, _("Linea attivata"))
    if line.ceased_on:
        yield Event(line.ceased_on, _("Linea cessata"))


@line_events
def cards(access, line: Line) -> Iterator[Event]:
    for row in (
        SimAssignment.objects.for_access(access).filter(line=line).select_related("sim")[:EVENTS_SHOWN]
    ):
        yield Event(row.starts_on, _("SIM sulla linea"), text=code(row.sim.iccid))


@line_events
def people(access, line: Line) -> Iterator[Event]:
    for row in Holding.objects.for_access(access).filter(line=line)[:EVENTS_SHOWN]:
        name = f"{row.last_name} {row.first_name}".strip()
        words = _("Assegnata a %(name)s") % {"name": name} if name else _("Senza assegnatario")
        yield Event(row.starts_on, words, text=row.cost_centre)


@line_events
def filed(access, line: Line) -> Iterator[Event]:
    if not access.may("7.3.1"):
        return
    rows = ServiceRequest.objects.for_access(access).filter(items__line_number=line.number).distinct()
    for row in rows[:EVENTS_SHOWN]:
        yield Event(row.opened_at, row.title, text=row.number, state=row.state)
