"""Pages about the thresholds of one line, and about one notice."""

from __future__ import annotations

import csv
import io
from tempfile import TemporaryFile

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lines.models import Line
from portal.contracts.views import serves
from portal.identifiers import show_mobile
from portal.lists.writers import CONTENT_TYPES, CSV, XLSX, Field, unguard, write
from thresholds import drawing
from thresholds.forms import ChoiceForm
from thresholds.lists import freshness, notices_of
from thresholds.models import NoticeChoice, Threshold
from thresholds.services import immediate


@require_safe
@serves("7.5.5")
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """Every threshold of one line: what is left, and when it will be over at this pace."""
    found = get_object_or_404(Line.objects.for_access(request.access).select_related("plan"), pk=pk)
    contract = request.access.contract.pk
    rows = Threshold.objects.for_access(request.access).filter(line=found).with_forecast(contract)
    shown = [drawing.shown(one, contract) for one in rows.filter(state="active").order_by("-family", "pk")]
    whole = show_mobile(found.number).replace(" ", "\N{NO-BREAK SPACE}")
    title = _("Soglie della linea %(number)s") % {"number": whole}
    context = {
        "line": found,
        "shown": shown,
        "headers": drawing.HEADERS,
        "rows": [drawing.row(one) for one in shown],
        "ended": list(rows.exclude(state="active").order_by("-ceased_on", "-pk")[:10]),
        "page_title": title,
        "page_purpose": found.plan.name,
        "crumbs": [(show_mobile(found.number), "")],
        **freshness(request.access),
    }
    return render(request, "thresholds/line.html", context)


# --- Notices -----------------------------------------------------------------------------------------------------
@require_safe
@serves("7.5.6")
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """«Dettaglio e-mail»: a pop-up on the history, a page where there are no scripts."""
    found = get_object_or_404(notices_of(request.access), pk=pk)
    context = {
        "notice": found,
        "attachment": found.attachments.only("pk", "name").first(),
        "page_title": _("Dettaglio e-mail"),
        "crumbs": [(_("Dettaglio e-mail"), "")],
    }
    if request.htmx and not request.htmx.boosted:
        return render(request, "thresholds/notice_dialog.html", context)
    return render(request, "thresholds/notice.html", context)


@require_safe
@serves("7.5.6")
def attachment(request: HttpRequest, pk: int, file_format: str) -> FileResponse:
    """The report that went with a notice: as it was sent, or the same as Excel."""
    found = get_object_or_404(notices_of(request.access), pk=pk).attachments.first()
    if found is None or file_format not in (CSV, XLSX):
        raise Http404
    content, name = bytes(found.content), found.name
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    if file_format == CSV:
        file.write(content)
    else:
        name = name.removesuffix(".csv") + ".xlsx"
        _as_xlsx(content, file)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[file_format])
    response["Cache-Control"] = "private, no-store"
    return response


def _as_xlsx(content: bytes, file) -> None:
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    write(XLSX, file, [Field(name) for name in header], ([unguard(cell) for cell in row] for row in rows))


def choice_form(request: HttpRequest) -> ChoiceForm:
    chosen = NoticeChoice.objects.filter(user=request.user, contract=request.access.contract).first()
    initial = {"by_mail": chosen.by_mail, "by_sms": chosen.by_sms} if chosen else {}
    return ChoiceForm(initial=initial)


@require_POST
@serves("7.5.6")
def choose(request: HttpRequest) -> HttpResponse:
    """How to be told at once, on the contract chosen (B-12)."""
    form = ChoiceForm(request.POST)
    if form.is_valid():
        immediate.choose(user=request.user, contract=request.access.contract, **form.cleaned_data)
        on = [
            words
            for name, words in (("by_mail", _("e-mail")), ("by_sms", _("SMS")))
            if form.cleaned_data[name]
        ]
        messages.success(
            request,
            _("Fatto: ti avvisiamo subito per %(how)s.") % {"how": _(" e ").join(on)}
            if on
            else _("Fatto: riceverai solo l'avviso giornaliero."),
        )
    return redirect("thresholds:history")
