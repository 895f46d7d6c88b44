"""«Centri di costo» (B2.1.4): the tree with what each centre bears, its pages and its files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.ebill import downloads, months, reports, services, tree
from billing.ebill.centre_forms import INVOICES, CentreForm, ReportForm
from billing.ebill.centre_lists import CentreLines
from billing.models import CostAssignment, CostCentre, Invoice, LineMonth
from lines.models import Line
from portal import clock
from portal.charts import Bar, Ranking, Series, Trend
from portal.contracts.views import serves
from portal.lists import answer, embedded
from portal.lists.writers import Field, Kind

SHOWN_BARS = 10


# --- The tree with figures ------------------------------------------------------------------------------------
class Report:
    """What was asked for, divided: shared by the page and its files."""

    def __init__(self, access, data):
        self.access = access
        self.form = ReportForm(data)
        answers = self.form.answers
        self.source = answers["fonte"]
        self.months = reports.months_between(
            date.fromisoformat(answers["dal"]), date.fromisoformat(answers["al"])
        )
        self.charges = self._charges()
        self.knots = tree.knots(CostCentre.objects.for_access(access), self.charges)

    @property
    def is_of_invoices(self) -> bool:
        return self.source == INVOICES

    def invoices(self):
        issued = Invoice.objects.for_access(self.access).newest_first()
        return issued.filter(
            issued_on__gte=self.months[0], issued_on__lt=clock.add_months(self.months[-1], 1)
        ).select_related("contract")

    def _charges(self) -> reports.Charges:
        if self.is_of_invoices:
            return reports.of_invoices(self.invoices())
        return reports.of_traffic(LineMonth.objects.for_access(self.access), self.months)

    def others(self) -> list[tuple[str, object, int]]:
        """(words, amount, lines) of what no centre bears."""
        rows = (
            (reports.UNASSIGNED, _("Linee senza centro di costo")),
            (reports.OF_CONTRACT, _("Voci senza linea")),
        )
        return [
            (words, self.charges.amounts[key], self.charges.lines[key])
            for key, words in rows
            if key in self.charges.amounts
        ]

    @property
    def period(self) -> str:
        first, last = months.words(self.months[0]), months.words(self.months[-1])
        return first if first == last else _("da %(first)s a %(last)s") % {"first": first, "last": last}

    def chart(self) -> Ranking:
        found = [knot for knot in self.knots if knot.own]
        found.sort(key=lambda knot: -knot.own)
        bars = [
            Bar(
                knot.centre.name, knot.own, reverse("billing:centre", args=[knot.centre.pk]), knot.centre.code
            )
            for knot in found[:SHOWN_BARS]
        ]
        return Ranking(
            title=_("Centri che spendono di più"), unit="€", places=2, bars=bars,
            head=_("Centro di costo"), value_head=_("Spesa"), level=2,
        )  # fmt: skip


@require_safe
@serves("B2.1.4")
def centres(request: HttpRequest) -> HttpResponse:
    report = Report(request.access, request.GET)
    lines = Line.objects.for_access(request.access).exclude(state="ceased")
    held = CostAssignment.objects.for_access(request.access).on(clock.today())
    total, assigned = lines.count(), held.exclude(line__state="ceased").count()
    context = {
        "report": report,
        "chart": report.chart(),
        "files": _files(report, request.GET.urlencode()),
        "new_url": reverse("billing:centre-new"),
        "without": total - assigned,
        "with_centre": assigned,
    }
    return render(request, "billing/ebill/centres.html", context)


def _files(report: Report, query: str) -> list[tuple[str, str]]:
    levels = [("centri", _("Per centro di costo"))]
    if report.is_of_invoices:
        levels.append(("linee", _("Per fattura, linea e centro")))
    return [
        (f"{words}, {label}", f"{reverse('billing:centres-file', args=[level, file_format])}?{query}")
        for level, words in levels
        for file_format, label in (("xlsx", "Excel"), ("csv", "csv"))
    ]


@require_safe
@serves("B2.1.4")
def centres_file(request: HttpRequest, level: str, file_format: str) -> HttpResponse:
    """The report as a file: a row for each centre, or for each line and centre of every invoice."""
    report = Report(request.access, request.GET)
    if level == "linee" and report.is_of_invoices:
        fields, rows, name = LINE_FIELDS, line_rows(report.invoices(), request.access), "CentriDiCostoLinee"
    else:
        fields, rows, name = CENTRE_FIELDS, _centre_rows(report), "CentriDiCosto"
    return downloads.hand_out(
        access=request.access, name=name, file_format=file_format, fields=fields, rows=rows
    )


CENTRE_FIELDS = (
    Field("Codice"), Field("Nome"), Field("Fa parte di"), Field("Linee", Kind.NUMBER),
    Field("Spesa propria €", Kind.NUMBER, places=2), Field("Spesa con i centri sotto €", Kind.NUMBER, places=2),
)  # fmt: skip
LINE_FIELDS = (
    Field("N° Fattura"), Field("Bimestre"), Field("Emissione", Kind.DATE), Field("Numero"), Field("Codice"), Field("Nome"),
    Field("Importo €", Kind.NUMBER, places=2),
)  # fmt: skip


def _centre_rows(report: Report) -> Iterator[tuple]:
    codes = {knot.centre.pk: knot.centre.code for knot in report.knots}
    for knot in report.knots:
        centre = knot.centre
        yield centre.code, centre.name, codes.get(centre.parent_id, ""), knot.lines, knot.own, knot.total
    for words, amount, lines in report.others():
        yield "", words, "", lines, amount, amount


def line_rows(invoices, access) -> Iterator[tuple]:
    """What every centre bears of every line of these invoices; they add up to the invoices."""
    named = {centre.pk: (centre.code, centre.name) for centre in CostCentre.objects.for_access(access)}
    named |= {
        reports.UNASSIGNED: ("", _("Linee senza centro di costo")), reports.OF_CONTRACT: ("", _("Voci senza linea")),
    }  # fmt: skip
    numbers = dict(Line.objects.for_access(access).values_list("pk", "number"))
    for invoice in invoices:
        head = (invoice.number, invoice.billing_period, invoice.issued_on)
        for part in reports.parts_of_invoice(invoice):
            yield (*head, numbers.get(part.line, ""), *named[part.key], part.amount)


# --- One centre -----------------------------------------------------------------------------------------------
def _centre(request: HttpRequest, pk: int) -> CostCentre:
    found = CostCentre.objects.for_access(request.access).select_related("parent", "contract")
    return get_object_or_404(found, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@serves("B2.1.4")
def centre(request: HttpRequest, pk: int) -> HttpResponse:
    found = _centre(request, pk)
    lines = embedded(request, CentreLines, prefix="linee", centre=found.pk)
    if (part := answer(request, lines)) is not None:
        return part
    if request.method == "POST":
        return redirect("billing:centre", pk=pk)
    context = {
        "centre": found,
        "children": found.children.order_by("code"),
        "list": lines,
        "chart": _trend(request.access, found),
        "page_title": found.name,
        "page_purpose": _("Codice %(code)s") % {"code": found.code},
        "crumbs": [
            (one.code, reverse("billing:centre", args=[one.pk]))
            for one in reversed(services.ancestors(found))
        ]
        + [(found.code, "")],
    }
    return render(request, "billing/ebill/centre.html", context)


def _trend(access, found: CostCentre) -> Trend | None:
    """What it bore of the invoices of the last year, itself and with everything below it."""
    issued = list(Invoice.objects.for_access(access).recent().newest_first())[::-1]
    divided = [(invoice, reports.of_invoice(invoice)) for invoice in issued]
    divided = [(invoice, one) for invoice, one in divided if set(one.amounts) != {reports.OF_CONTRACT}]
    if not divided:  # some arrive by service only: they say nothing of lines
        return None
    issued, charges = zip(*divided, strict=True)
    below = tree.with_below(found)
    series = [
        Series(_("Con i centri sotto"), [sum(one.amounts.get(key, 0) for key in below) for one in charges])
    ]
    if len(below) > 1:
        series.append(Series(_("Solo questo centro"), [one.amounts.get(found.pk, 0) for one in charges]))
    return Trend(
        title=_("Spesa per fattura"), unit="€", places=2, level=2, head=_("Bimestre"),
        labels=[invoice.billing_period for invoice in issued], series=series,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@serves("B2.1.4")
def centre_new(request: HttpRequest) -> HttpResponse:
    initial = {"parent": request.GET.get("in", "")}
    form = CentreForm(request.POST or None, access=request.access, initial=initial)
    if form.is_valid() and (saved := _save(request, form)):
        messages.success(request, _("Centro di costo %(code)s creato.") % {"code": saved.code})
        return redirect("billing:centre", pk=saved.pk)
    title = _("Nuovo centro di costo")
    context = {"form": form, "page_title": title, "crumbs": [(title, "")], "back": reverse("billing:centres")}
    return render(request, "billing/ebill/centre_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@serves("B2.1.4")
def centre_change(request: HttpRequest, pk: int) -> HttpResponse:
    found = _centre(request, pk)
    form = CentreForm(request.POST or None, access=request.access, centre=found)
    if form.is_valid() and _save(request, form, found):
        messages.success(request, _("Centro di costo modificato."))
        return redirect("billing:centre", pk=pk)
    back = reverse("billing:centre", args=[pk])
    title = _("Modifica %(code)s") % {"code": found.code}
    context = {
        "form": form,
        "page_title": title,
        "crumbs": [(found.code, back), (_("Modifica"), "")],
        "back": back,
    }
    return render(request, "billing/ebill/centre_form.html", context)


def _save(request: HttpRequest, form: CentreForm, centre: CostCentre | None = None) -> CostCentre | None:
    try:
        return services.save_centre(
            contract=request.access.contract, centre=centre, actor=request.user, **form.cleaned_data
        )
    except services.CentreRefused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return None


@require_POST
@serves("B2.1.4")
def centre_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = _centre(request, pk)
    try:
        services.remove_centre(centre=found, actor=request.user)
    except services.CentreRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("billing:centre", pk=pk)
    messages.success(request, _("Centro di costo %(code)s eliminato.") % {"code": found.code})
    return redirect("billing:centres")
