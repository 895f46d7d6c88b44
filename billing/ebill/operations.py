"""«Assegnazione centro di costo» (B6): which centres bear what of the chosen lines, from a month on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.ebill import months, services, tree
from billing.ebill.splitting import Share, WrongShares
from billing.models import CostAssignment, CostCentre, CostSplit
from lines.models import Line
from lines.operations.common import LineFlow, LinePage
from portal import clock, pdf
from portal.forms import AmountField
from portal.identifiers import show_mobile
from portal.lists import Column, MobileColumn, PortalFilterSet, PortalTable, StateColumn
from portal.operations.declare import Filing, Gate, Operation, Question, Refusal, Subjects, Unworkable
from portal.operations.forms import DraftForm
from portal.operations.steps import FormStep, LinesStep
from portal.operations.summary import Rows, Section

PARTS = 5  # centres a form asks for; a file may name more
NOBODY = "0"


class AssignCentre(Operation):
    row, kind, title = "B6", "cost-centre", _("Assegnazione a centro di costo")
    promise = timedelta(hours=1)

    def details(self, request):
        if "words" not in request.values:
            return [(_t("Origine"), _t("Elenco caricato da file"))]
        return [
            (_t("Centro di costo"), request.values["words"] or _t("nessuno")),
            (_t("Dal mese"), months.words(date.fromisoformat(request.values["on"]))),
        ]

    def describe(self, item):
        if "words" not in item.values:
            return ""
        month = months.words(date.fromisoformat(item.values["on"]))
        return _t("%(centre)s da %(month)s") % {"centre": item.values["words"], "month": month}

    def fulfil(self, item):
        values = item.request.values | item.values
        line = Line.objects.select_related("contract").get(pk=item.subject_id)  # a ceased one too
        split = CostSplit.objects.get(pk=values["split"]) if values["split"] else None
        done = services.assign(
            lines=[line.pk], split=split, on=date.fromisoformat(values["on"]), contract=line.contract
        )
        if not done:
            raise Unworkable(_t("La linea è già assegnata così."))


# --- Lines ------------------------------------------------------------------------------------------------------
class CentreFilters(PortalFilterSet):
    centro = django_filters.ChoiceFilter(
        label=_("Centro di costo di oggi"), method="by_centre", empty_label=_("Tutti")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        centres = CostCentre.objects.for_access(self.access)
        self.filters["centro"].extra["choices"] = [(NOBODY, _t("Nessuno")), *tree.choices(centres)]

    def by_centre(self, queryset, name, value):
        held = CostAssignment.objects.on(clock.today()).filter(line=OuterRef("pk"))
        if value == NOBODY:
            return queryset.filter(~Exists(held))
        return queryset.filter(Exists(held.filter(split__shares__centre=value)))


class CentreTable(PortalTable):
    number = MobileColumn(_("Linea"), fixed=True)
    holder_name = Column(_("Assegnatario"), orderable=False)
    plan = Column(_("Profilo tariffario"), accessor="plan__name", orderable=False)
    centre_code = Column(_("Centro di costo oggi"), orderable=False)
    state = StateColumn(_("Stato"))

    def render_centre_code(self, value, record):
        return value if record.borne_alone else _t("%(centre)s e altri") % {"centre": value}

    def value_centre_code(self, record):
        return record.centre_code and self.render_centre_code(record.centre_code, record)

    def value_holder_name(self, record):
        return record.holder_name


def with_centre(lines):
    """Lines with the (first) centre of today, and whether it bears them alone."""
    held = CostAssignment.objects.on(clock.today()).filter(line=OuterRef("pk"))
    held = held.order_by("split__shares__position")
    return lines.annotate(
        centre_code=Subquery(held.values("split__shares__centre__code")[:1]),
        borne_alone=Subquery(held.values("split__is_whole")[:1]),
    )


class CentreLines(LinePage):
    """Ceased lines too: their past can be put right."""

    function, table, filters = "B3.6", CentreTable, CentreFilters

    @staticmethod
    def queryset(access):
        return with_centre(Line.objects.for_access(access).select_related("plan"))


class ChooseLines(LinesStep):
    list_page = CentreLines


# --- Centres ----------------------------------------------------------------------------------------------------
class SharesForm(DraftForm):
    """The first centre alone bears everything; more of them need figures."""

    on = forms.ChoiceField(
        label=_("Dal mese"),
        help_text=_("Vale da questo mese in poi, anche nei report già passati."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].choices = months.to_begin_in()
        self.initial.setdefault("on", clock.month_start(clock.today()).isoformat())
        open_ones = CostCentre.objects.for_access(self.flow.access).open()
        offered = [(str(pk), words) for pk, words in tree.choices(open_ones)]
        self.has_centres = bool(offered)
        for place in range(1, PARTS + 1):
            self._ask_for(place, offered)

    def _ask_for(self, place: int, offered: list) -> None:
        first = place == 1
        nothing = (NOBODY, _t("Nessuno: togli l'assegnazione"))
        self.fields[f"centre_{place}"] = forms.ChoiceField(
            label=_t("Centro di costo") if first else _t("Centro di costo %(n)d") % {"n": place},
            choices=[("", _t("Scegli")), *([nothing] if first else []), *offered],
            required=first,
        )
        self.fields[f"percent_{place}"] = AmountField(
            label=_t("Percentuale"), required=False, max_value=100, max_digits=5
        )
        self.fields[f"fixed_{place}"] = AmountField(
            label=_t("Quota fissa al mese (€)"), required=False, max_digits=8
        )

    @property
    def parts(self):
        """(place, centre, percent, fixed) as bound fields."""
        return [
            (n, self[f"centre_{n}"], self[f"percent_{n}"], self[f"fixed_{n}"]) for n in range(1, PARTS + 1)
        ]

    @property
    def is_divided(self) -> bool:
        return any(
            self[f"{name}_{n}"].value() for n in range(1, PARTS + 1) for name in ("percent", "fixed")
        ) or any(self[f"centre_{n}"].value() for n in range(2, PARTS + 1))

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        for place in range(1, PARTS + 1):
            self._check(place, data)
        if not self.errors and data["centre_1"] != NOBODY:
            try:
                services.check_shares(shares_in(data))
            except WrongShares as wrong:
                self.add_error("percent_1", str(wrong))
        return data

    def _check(self, place: int, data: dict) -> None:
        centre, percent, fixed = (data.get(f"{name}_{place}") for name in ("centre", "percent", "fixed"))
        if centre in (None, "", NOBODY):
            if percent or fixed:
                self.add_error(f"centre_{place}", _t("Scegli il centro di costo di questa quota."))
        elif percent and fixed:
            self.add_error(
                f"fixed_{place}", _t("Scrivi la percentuale oppure la quota fissa, non tutte e due.")
            )


def shares_in(data: dict) -> list[Share]:
    """From the answers of the form, checked or stored."""
    rows = [
        (data.get(f"centre_{n}"), data.get(f"percent_{n}"), data.get(f"fixed_{n}"))
        for n in range(1, PARTS + 1)
    ]
    rows = [(int(centre), _figure(percent), _figure(fixed)) for centre, percent, fixed in rows if centre]
    if len(rows) == 1 and not rows[0][1] and not rows[0][2]:
        return [Share(rows[0][0], percent=Decimal(100))]
    return [Share(centre, fixed=fixed, percent=percent) for centre, percent, fixed in rows]


def _figure(value) -> Decimal | None:
    return Decimal(value) if value not in (None, "", "None") and Decimal(value) else None


class SharesStep(FormStep):
    name, label = "quote", _("Centro di costo")
    template = "billing/ebill/shares_step.html"
    form_class = SharesForm

    def recap(self):
        return []


class AssignFlow(LineFlow):
    name, function, operations = "assegna-centro-di-costo", "B3.6", (AssignCentre,)
    steps, gate = (ChooseLines, SharesStep), Gate.POPUP

    @property
    def month(self) -> date:
        return date.fromisoformat(self.values("quote")["on"])

    def split(self) -> CostSplit | None:
        answers = self.values("quote")
        if answers["centre_1"] == NOBODY:
            return None
        try:
            return services.split_of(contract_id=self.draft.contract_id, shares=shares_in(answers))
        except WrongShares as wrong:
            raise Refusal(str(wrong)) from None

    def filings(self):
        split = self.split()
        words = services.describe([split])[split.pk] if split else ""
        values = {"split": split.pk if split else None, "on": self.month.isoformat(), "words": words}
        yield Filing(AssignCentre, Subjects(self.lines().order_by("pk")), values)

    def question(self) -> Question:
        count = self.draft.items.count()
        text = ngettext(
            "Da %(month)s, %(count)d linea passa a: %(centres)s. I report si ricalcolano da quel mese.",
            "Da %(month)s, %(count)d linee passano a: %(centres)s. I report si ricalcolano da quel mese.",
            count,
        )
        given = {"month": months.words(self.month), "count": count, "centres": self.words()}
        return Question(_t("Conferma assegnazione"), text % given, _t("ASSEGNA"))

    def words(self) -> str:
        answers = self.values("quote")
        if answers["centre_1"] == NOBODY:
            return _t("nessun centro di costo")
        shares = shares_in(answers)
        codes = dict(
            CostCentre.objects.filter(pk__in=[one.centre for one in shares]).values_list("pk", "code")
        )
        return services.say([(codes.get(one.centre, "?"), one.fixed, one.percent) for one in shares])

    def sections(self):
        values = [(_t("Centro di costo"), self.words()), (_t("Dal mese"), months.words(self.month))]
        return [Section(_t("Assegnazione"), values)]

    def rows(self) -> Rows:
        lines = with_centre(self.lines())
        columns = (
            pdf.Column(_t("Linea"), 1), pdf.Column(_t("Assegnatario"), 2), pdf.Column(_t("Centro di costo oggi"), 1.4),
        )  # fmt: skip
        return Rows(
            _t("Linee da assegnare"),
            columns,
            (
                (show_mobile(line.number), line.holder_name, line.centre_code or _t("nessuno"))
                for line in lines.iterator(chunk_size=2_000)
            ),
            lines.count(),
        )
