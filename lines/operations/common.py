"""What the operations on lines share: the list one chooses from, and the lines as the summary shows them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.models import Line
from portal import pdf
from portal.identifiers import short_iccid, show_mobile
from portal.lists import (
    Column,
    DateColumn,
    Empty,
    IccidColumn,
    LineFinder,
    ListPage,
    MobileColumn,
    PortalTable,
    StateColumn,
)
from portal.operations.declare import Flow, Item, Operation, Unworkable
from portal.operations.models import RequestItem
from portal.operations.summary import Rows


class LineTable(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    iccid = IccidColumn(_("ICCID"), orderable=False)
    plan = Column(_("Profilo tariffario"), accessor="plan__name", orderable=False)
    holder_name = Column(_("Assegnatario"), orderable=False)
    state = StateColumn(_("Stato"))


class LinePage(ListPage):
    """Lines of the contract; each operation declares its function, and its columns where it wants others."""

    queryset = Line.objects.living().select_related("plan")
    table, search = LineTable, LineFinder(number="number", iccid="iccid")
    default_order = ("number",)
    totals, noun = _("Tot. Linee"), _("linee")
    empty = Empty(_("Su questo contratto non ci sono linee per questa richiesta."))


class BlockColumns(PortalTable):
    number = MobileColumn(_("Numero"), fixed=True)
    iccid = IccidColumn(_("ICCID"))
    plan = Column(_("Profilo tariffario"), accessor="plan__name", orderable=False)
    activated_on = DateColumn(_("Attivazione"))
    state = StateColumn(_("Stato"), fixed=True)


def edit_link(url: str, line: Line) -> SafeString:
    return format_html(
        '<a href="{}">{}<span class="visually-hidden"> {}</span></a>',
        url,
        _t("Modifica"),
        show_mobile(line.number),
    )


class LineFlow(Flow):
    """A flow whose draft holds lines."""

    def lines(self) -> QuerySet[Line]:
        """The chosen lines, of those the person may see."""
        chosen = self.draft.items.values("subject_id")
        return (
            Line.objects.for_access(self.access)
            .filter(pk__in=chosen)
            .select_related("plan")
            .order_by("number")
        )

    def items(self) -> Iterator[Item]:
        for line in self.lines().iterator(chunk_size=2_000):
            yield Item(line.pk, line.number, line.number)

    def rows(self) -> Rows | None:
        columns = (
            pdf.Column(_t("Linea"), 1.2),
            pdf.Column(_t("ICCID"), 1.3),
            pdf.Column(_t("Profilo tariffario"), 2),
            pdf.Column(_t("Assegnatario"), 2),
        )
        return Rows(
            _t("Linee"),
            columns,
            (
                (show_mobile(line.number), short_iccid(line.iccid), line.plan.name, line.holder_name)
                for line in self.lines().iterator(chunk_size=2_000)
            ),
            self.draft.items.count(),
        )


def open_request(*operations: type[Operation]) -> Subquery:
    """The number of a request of these kinds that is still open on the row, for lists that say so."""
    kinds = [operation.kind for operation in operations]
    held = RequestItem.objects.filter(kind__in=kinds, holds=True, subject_id=OuterRef("pk"))
    return Subquery(held.values("request__number")[:1])


def line_of(item) -> Line:
    """The line of an item that is being worked."""
    line = Line.objects.select_related("contract", "plan").filter(pk=item.subject_id).first()
    if line is None or not line.is_living:
        raise Unworkable(_t("La linea è cessata."))
    return line
