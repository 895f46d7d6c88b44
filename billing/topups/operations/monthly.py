"""«Conferma / Rinuncia ricariche» (7.3.3): next month's automatic top-up, done or skipped once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Subquery, Sum
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.models import AutoTopUpMode, MonthlyException, MonthlyTopUp
from billing.topups import rules
from billing.topups.operations.common import RuleOperation
from lines.models import Line, LineState
from lines.operations.common import LineFlow, LinePage
from portal import pdf
from portal.identifiers import show_mobile
from portal.lists import Column, Empty, MobileColumn, MoneyColumn, PortalTable
from portal.money import euro
from portal.operations.choosing import numbers
from portal.operations.declare import Filing, Subjects
from portal.operations.services import drafts
from portal.operations.steps import LinesStep
from portal.operations.summary import Rows, Section

Mode = AutoTopUpMode
BOXES = {Mode.OPT_IN: "confirm", Mode.OPT_OUT: "waive"}


def month_words(month: date) -> str:
    return date_format(month, "F Y").lower()


class _Except(RuleOperation):
    states = (LineState.ACTIVE, LineState.SUSPENDED)
    mode: str = ""

    def carry_out(self, item, line):
        rules.except_month(
            line=line,
            confirm=self.mode == Mode.OPT_IN,
            month=date.fromisoformat(item.request.values["month"]),
            request_number=item.request.number,
        )

    def details(self, request):
        return [(_t("Mese"), month_words(date.fromisoformat(request.values["month"])))]


class ConfirmTopUp(_Except):
    row, kind, title, mode = "5", "top-up-confirm", _("Conferma ricarica automatica aziendale"), Mode.OPT_IN

    def amount(self, request) -> Decimal:
        plans = MonthlyTopUp.objects.filter(line__in=request.items.values("subject_id"))
        return plans.aggregate(total=Sum("amount"))["total"] or Decimal(0)


class WaiveTopUp(_Except):
    row, kind, title, mode = "6", "top-up-waive", _("Rinuncia ricarica automatica aziendale"), Mode.OPT_OUT


# --- The list: a box in the one or in the other column ------------------------------------------------------------
class _BoxColumn(Column):
    def __init__(self, mode: str, label, **kwargs):
        super().__init__(label, accessor="pk", orderable=False, fixed=True, empty_values=(), **kwargs)
        self.mode = mode

    def render(self, record) -> SafeString:
        own = record.mode == self.mode
        if own and record.refusal:
            return format_html('<span class="pc-quiet pc-not-choosable">{}</span>', record.refusal)
        return format_html(
            '<input class="form-check-input" type="checkbox" name="{}" value="{}" form="choice" aria-label="{}"{}{}>',
            BOXES[self.mode],
            record.pk,
            f"{self.header}: {show_mobile(record.number)}",
            SafeString(" checked") if own and record.ticked else "",
            "" if own else SafeString(" disabled"),
        )


class MonthlyTable(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    mode = Column(_("Modalità di ricarica automatica"), orderable=False, fixed=True, empty_values=())
    amount = MoneyColumn(_("Importo"), orderable=False)
    confirm = _BoxColumn(Mode.OPT_IN, _("Conferma la ricarica automatica"))
    waive = _BoxColumn(Mode.OPT_OUT, _("Rinuncia alla ricarica automatica"))

    def render_mode(self, value, record):
        if value is None:
            return format_html('<span class="pc-quiet">{}</span>', record.refusal)
        return Mode(value).label


class MonthlyPage(LinePage):
    function, table = "7.3.3", MonthlyTable
    queryset = Line.objects.living().prepaid().select_related("plan")
    choose_columns = False
    empty = Empty(_("Su questo contratto non ci sono linee ricaricabili."))

    def get_queryset(self):
        excepted = MonthlyException.objects.filter(plan__line=OuterRef("pk"), month=rules.next_month())
        return (
            super()
            .get_queryset()
            .annotate(
                mode=F("monthly_top_up__mode"),
                amount=F("monthly_top_up__amount"),
                excepted=Exists(excepted),
                excepted_by=Subquery(excepted.values("request_number")[:1]),
            )
        )


class MonthlyChoice(LinesStep):
    list_page = MonthlyPage
    submit = _("AVANTI")
    intro = "billing/topups/monthly_intro.html"

    def __init__(self, flow):
        super().__init__(flow)
        self.mismatched = False

    def eligible(self):
        states = (LineState.ACTIVE, LineState.SUSPENDED)
        return self.scope().filter(mode__isnull=False, excepted=False, state__in=states)

    def reason(self, record):
        if record.mode is None:
            return _t("Senza ricarica automatica.")
        if record.excepted:
            return _t("Già richiesta: pratica %(number)s.") % {"number": record.excepted_by}
        return super().reason(record)

    @property
    def done(self) -> bool:
        """What was chosen for one month is not filed for another: on the 1st the page comes again."""
        return self.flow.month == rules.next_month() and super().done

    def context(self, request):
        return super().context(request) | {"month": month_words(rules.next_month())}

    def listing(self, request):
        """No box before the rows: each row has its own in the column of its mode."""
        listing = super().listing(request)
        boxes, listing.declared.selection = listing.declared.selection, None
        for record in listing.page.object_list:
            record.ticked, record.refusal = boxes.selected(record), boxes.reason(record)
        return listing

    def _keep(self, request):
        """What is ticked in either column of this page; a tick in the column of the other mode is refused (R2)."""
        shown = numbers(request.POST.getlist("shown"))
        ticked: set[int] = set()
        for mode, box in BOXES.items():
            asked = numbers(request.POST.getlist(box)) & shown
            fitting = set(self.scope().filter(pk__in=asked, mode=mode).values_list("pk", flat=True))
            self.mismatched |= asked != fitting
            ticked |= fitting
        before = set(self.draft.items.filter(subject_id__in=shown).values_list("subject_id", flat=True))
        if gone := before - ticked:
            drafts.unchoose(self.draft, gone)
        if new := ticked - before:
            drafts.choose_all(self.draft, self.choosable().filter(pk__in=new), limit=len(new))

    def _go_on(self):
        if self.mismatched:
            self.error = _t(
                "Una linea RINUNCIA può solo rinunciare alla ricarica, una linea CONFERMA può solo confermarla."
            )
            return False
        if not super()._go_on():
            return False
        drafts.change(self.draft, step="mese", values={"month": rules.next_month().isoformat()})
        return True


class MonthlyFlow(LineFlow):
    name, function, operations = "conferma-rinuncia-ricariche", "7.3.3", (ConfirmTopUp, WaiveTopUp)
    steps = (MonthlyChoice,)

    @property
    def month(self) -> date | None:
        kept = self.values("mese").get("month")
        return date.fromisoformat(kept) if kept else None

    def of_mode(self, mode: str):
        return MonthlyChoice(self).chosen().filter(mode=mode)

    def filings(self):
        """One for each kind that has lines (R3)."""
        for operation in self.operations:
            lines = self.of_mode(operation.mode)
            if lines.exists():
                yield Filing(operation, Subjects(lines), self.values("mese"))

    def sections(self):
        counts = [(operation.title, self.of_mode(operation.mode).count()) for operation in self.operations]
        asked = [
            (title, ngettext("%(count)d linea", "%(count)d linee", count) % {"count": count})
            for title, count in counts
            if count
        ]
        return [
            Section(
                _t("Ricarica automatica del mese"),
                [
                    (_t("Mese"), month_words(self.month)),
                    *asked,
                    (_t("Dal mese successivo"), _t("La linea torna alla sua modalità")),
                ],
            )
        ]

    def rows(self) -> Rows:
        columns = (
            pdf.Column(_t("Linea"), 1.2),
            pdf.Column(_t("Modalità"), 1.2),
            pdf.Column(_t("Richiesta"), 3),
            pdf.Column(_t("Importo"), 1),
        )
        titles = {operation.mode: str(operation.title) for operation in self.operations}
        chosen = MonthlyChoice(self).chosen().order_by("number")
        values = chosen.values_list("number", "mode", "amount").iterator(chunk_size=2_000)
        return Rows(
            _t("Linee"),
            columns,
            (
                (show_mobile(number), str(Mode(mode).label), titles[mode], euro(amount))
                for number, mode, amount in values
            ),
            self.draft.items.count(),
        )
