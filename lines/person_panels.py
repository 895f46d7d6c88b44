"""Everything one person holds and held, as the ledger tells it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from lines import ledger
from lines.line_panels import SHOWN, code, period
from lines.models import Line
from lines.panels import Panel
from portal.site.templatetags.portal import phone


def of_person(access, tax_code: str) -> list[Panel]:
    assigned = ledger.assigned_to(access, tax_code)
    return [_lines(assigned), _sims(assigned), _devices(assigned)]


def _line(line: Line | None) -> str:
    if line is None:
        return ""
    return format_html('<a href="{}">{}</a>', reverse("lines:line", args=[line.pk]), phone(line.number))


def _lines(assigned: ledger.Assigned) -> Panel:
    return Panel(
        "linee",
        _("Linee"),
        (_("Numero"), _("Centro di costo"), _("Dal"), _("Al")),
        [(_line(row.line), row.cost_centre, *period(row)) for row in assigned.lines[:SHOWN]],
        empty=_("Nessuna linea assegnata a questa persona."),
    )


def _sims(assigned: ledger.Assigned) -> Panel:
    return Panel(
        "sim",
        _("SIM"),
        (_("ICCID"), _("Numero"), _("One number"), _("Dal"), _("Al")),
        [
            (code(row.sim.iccid), _line(row.line), row.get_role_display(), *period(row))
            for row in assigned.sims[:SHOWN]
        ],
        empty=_("Nessuna SIM sulle linee di questa persona."),
    )


def _devices(assigned: ledger.Assigned) -> Panel:
    return Panel(
        "apparati",
        _("Apparati"),
        (_("IMEI"), _("Codice NMU"), _("Descrizione"), _("Numero"), _("Dal"), _("Al")),
        [
            (
                code(row.device.imei),
                code(row.device.nmu_code),
                row.device.description,
                _line(row.line),
                *period(row),
            )
            for row in assigned.devices[:SHOWN]
        ],
        empty=_("Nessun apparato assegnato a questa persona."),
    )
