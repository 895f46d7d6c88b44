"""«Blocco/sblocco carta SIM» (7.3.7): for theft or loss, and when the card is found again."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lines.models import Line, LineState
from lines.operations.common import BlockColumns, LineFlow, LinePage, line_of, open_request
from lines.services import states
from portal.identifiers import short_iccid, show_mobile
from portal.lists import Column
from portal.operations.declare import Filing, Gate, Operation, Question, Unworkable
from portal.operations.steps import LinesStep

BY_BLOCK = Line.SuspendedBy.SIM_BLOCK


class BlockSim(Operation):
    row, kind, title = "10", "sim-block", _("Blocco carta SIM")
    promise = timedelta(hours=1)

    def fulfil(self, item):
        line = line_of(item)
        if not states.suspend(lines=[line.pk], by=BY_BLOCK, note=item.request.number):
            raise Unworkable(_t("La linea non è più attiva."))


class UnblockSim(Operation):
    row, kind, title = "11", "sim-unblock", _("Sblocco carta SIM")
    promise = timedelta(hours=1)

    def fulfil(self, item):
        line = line_of(item)
        if not states.resume(lines=[line.pk], suspended_by=BY_BLOCK, note=item.request.number):
            raise Unworkable(_t("La linea non è sospesa per blocco della SIM."))


class BlockTable(BlockColumns):
    action = Column(_("Operazione"), accessor="pk", orderable=False, exclude_from_export=True, fixed=True)

    def render_action(self, record):
        """The link follows the state; where there is none, words say why (R1)."""
        if record.open_request:
            return _t("In corso: pratica %(number)s") % {"number": record.open_request}
        flow = _flow_for(record)
        if flow is None:
            return _why_not(record)
        url = f"{reverse(f'lines:{flow.name}')}?linea={record.pk}"
        return format_html(
            '<a href="{}" hx-get="{}" hx-target="#flow-dialog" hx-swap="innerHTML" hx-push-url="false">'
            '{}<span class="visually-hidden"> {}</span></a>',
            url,
            url,
            flow.link,
            show_mobile(record.number),
        )


class BlockPage(LinePage):
    function = "7.3.7"
    table = BlockTable
    template_name = "lines/operations/block.html"

    def get_queryset(self):
        return super().get_queryset().annotate(open_request=open_request(BlockSim, UnblockSim))


class BlockChoice(LinesStep):
    class page(LinePage):
        function, table = "7.3.7", BlockColumns

    list_page = page

    def eligible(self):
        return self.scope().filter(state=LineState.ACTIVE)


class UnblockChoice(BlockChoice):
    def eligible(self):
        return self.scope().filter(state=LineState.SUSPENDED, suspended_by=BY_BLOCK)

    def reason(self, record):
        return _why_not(record) if record.state == LineState.SUSPENDED else super().reason(record)


class _Flow(LineFlow):
    function, gate = "7.3.7", Gate.POPUP
    link: object = ""

    def filings(self):
        yield Filing(self.operations[0], self.items())

    def question(self) -> Question:
        count = self.draft.items.count()
        text = self.about_one(self.lines().get()) if count == 1 else self.about_many(count)
        return Question(self.question_title, text, _t("conferma"), self.danger)


class BlockFlow(_Flow):
    name, operations, steps = "blocca-sim", (BlockSim,), (BlockChoice,)
    link = _("Blocca SIM")
    question_title, danger = _("Conferma blocco"), True

    @property
    def title(self):
        return _("Blocco carta SIM")

    def about_one(self, line: Line) -> str:
        return _t(
            "La SIM %(iccid)s della linea %(number)s è attiva. Se confermi, la linea non potrà più fare"
            " né ricevere traffico."
        ) % {"iccid": short_iccid(line.iccid), "number": show_mobile(line.number)}

    def about_many(self, count: int) -> str:
        return ngettext(
            "%(count)d SIM è attiva. Se confermi, la sua linea non potrà più fare né ricevere traffico.",
            "%(count)d SIM sono attive. Se confermi, le loro linee non potranno più fare né ricevere traffico.",
            count,
        ) % {"count": count}


class UnblockFlow(_Flow):
    name, operations, steps = "sblocca-sim", (UnblockSim,), (UnblockChoice,)
    link = _("Sblocca SIM")
    question_title, danger = _("Conferma Sblocco"), False

    @property
    def title(self):
        return _("Sblocco carta SIM")

    def about_one(self, line: Line) -> str:
        return _t(
            "La SIM %(iccid)s della linea %(number)s è sospesa. Se confermi, la linea torna a funzionare."
        ) % {"iccid": short_iccid(line.iccid), "number": show_mobile(line.number)}

    def about_many(self, count: int) -> str:
        return ngettext(
            "%(count)d SIM è sospesa. Se confermi, la sua linea torna a funzionare.",
            "%(count)d SIM sono sospese. Se confermi, le loro linee tornano a funzionare.",
            count,
        ) % {"count": count}


def _flow_for(line: Line) -> type[_Flow] | None:
    if line.state == LineState.ACTIVE:
        return BlockFlow
    if line.state == LineState.SUSPENDED and line.suspended_by == BY_BLOCK:
        return UnblockFlow
    return None


def _why_not(line: Line) -> str:
    """A line stopped by a threshold or by the operator is not let go on here (Q36)."""
    if line.suspended_by == Line.SuspendedBy.THRESHOLD:
        return _t("Fermata da una soglia: chiama il Servizio Clienti")
    if line.state == LineState.SUSPENDED:
        return _t("Sospesa dal gestore: chiama il Servizio Clienti")
    return ""
