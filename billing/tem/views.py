"""The pages of TEM: overview, workspace, kept analyses, files."""

from __future__ import annotations

import tempfile

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import outside
from billing.consumption import freshness
from billing.models import SavedAnalysis, UsagePeak
from billing.tem import services
from billing.tem.analysis import Analysis, Group, Measure
from billing.tem.drawing import amount_of, chart_of
from billing.tem.engine import run
from billing.tem.files import write_analysis
from billing.tem.forms import FUNCTION, AnalysisForm, SaveForm, query_dict
from billing.tem.lists import BY_LINE
from billing.tem.ready import BY_KEY, READY
from portal import clock
from portal.charts import NOWHERE, Bar, Ranking
from portal.contracts.views import serves
from portal.identifiers import show_mobile
from portal.lists import ListPage, answer, embedded
from portal.lists import services as list_services
from portal.lists.actions import guarded
from portal.lists.writers import CONTENT_TYPES, FORMATS

TOP = 10
VIEW = "vista"


@require_safe
@serves(FUNCTION)
def overview(request: HttpRequest) -> HttpResponse:
    if away := outside.page(request, outside.Module.TEM):
        return away
    access = request.access
    form = AnalysisForm(query_dict(BY_KEY["trend"].query), access=access)
    form.is_valid()
    peaks = UsagePeak.objects.for_access(access).count()
    context = {
        "chart": chart_of(run(form.analysis())), "ready": READY, "peaks": peaks,
        "saved": SavedAnalysis.objects.for_access(access), "as_of": _as_of([access]),
    }  # fmt: skip
    return render(request, "billing/tem/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@serves(FUNCTION)
def analysis(request: HttpRequest) -> HttpResponse:
    if away := outside.page(request, outside.Module.TEM):
        return away
    form = AnalysisForm(request.GET, access=request.access)
    saved = _saved_of(request)
    save_form = SaveForm(
        request.POST if "save" in request.POST else None, instance=saved, access=request.access,
        initial={"monthly": bool(saved and saved.monthly_since)},
    )  # fmt: skip
    context = {"form": form, "saved": saved, "save_form": save_form, "query": _address(form, saved)}
    if form.is_valid():
        if (kept := _keep(request, form, saved, save_form)) is not None:
            return kept
        asked = form.analysis()
        listing = _listing(request, form) if asked.group == Group.LINE else None
        if listing is not None and (part := answer(request, listing)) is not None:
            return part
        context |= _result(asked, listing) | {"scope": _scope(form, asked), "as_of": _as_of(asked.accesses)}
    name = saved.name if saved else _("Analisi")
    context |= {"page_title": name, "crumbs": [(name, "")], "formats": FORMATS}
    return render(request, "billing/tem/analysis.html", context)


def _listing(request: HttpRequest, form: AnalysisForm) -> ListPage:
    page = BY_LINE[Measure(form.cleaned_data["misura"])]
    return embedded(request, page, prefix="", query=form.query)


def _result(asked: Analysis, listing) -> dict:
    if listing is None:
        result = run(asked)
        return {"chart": chart_of(result), "result": result, "total": amount_of(result, result.total)}
    return {"list": listing, "chart": _top_lines(asked, listing)}


def _top_lines(asked: Analysis, listing) -> Ranking:
    unit, label = asked.unit, str(Measure(asked.measure).label)
    number, key = ("number", "pk") if asked.is_cost else ("line__number", "line")
    rows = listing.filtered.order_by("-value", key).values_list(number, "value")[:TOP]
    bars = [Bar(show_mobile(number), unit.said(value or 0)) for number, value in rows]
    return Ranking(
        title=_("Le prime %(count)d linee") % {"count": len(bars)}, bars=bars, unit=unit.symbol, places=unit.places,
        head=_("Linea"), value_head=label, table=NOWHERE, level=2,
    )  # fmt: skip


def _scope(form: AnalysisForm, asked: Analysis) -> list[str]:
    """Period and filters in words: what the figures are of."""
    last = min(asked.last, clock.today())
    found = [
        _("dal %(first)s al %(last)s") % {"first": f"{asked.first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
    ]
    found.append(", ".join(access.contract.number for access in asked.accesses))
    for name in ("tipo", "zona", "voce", "centro", "sede"):
        field = form.fields.get(name)
        if chosen := form.cleaned_data.get(name):
            labels = {str(value): str(label).strip() for value, label in field.choices}
            found.append(f"{field.label}: {', '.join(labels[value] for value in chosen)}")
    if asked.lines:
        found.append(_("%(count)d linee scelte") % {"count": len(asked.lines)})
    return found


def _as_of(accesses) -> object:
    """How far the figures reach: the oldest of the last loads would hide what came since, so the newest."""
    moments = [one.loaded_at for access in accesses for one in freshness(access.contract.pk).values()]
    return max(moments, default=None)


# --- Kept analyses ----------------------------------------------------------------------------------------------
def _saved_of(request: HttpRequest) -> SavedAnalysis | None:
    key = request.GET.get(VIEW, "")
    found = SavedAnalysis.objects.for_access(request.access)
    return found.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 15 else None


def _address(form: AnalysisForm, saved: SavedAnalysis | None) -> str:
    found = query_dict(form.query)
    if saved is not None:
        found[VIEW] = str(saved.pk)
    return found.urlencode()


def _keep(
    request: HttpRequest, form: AnalysisForm, saved: SavedAnalysis | None, save_form: SaveForm
) -> HttpResponse | None:
    wanted = request.POST.get("save")
    if wanted is None or not save_form.is_valid():
        return None
    values = {
        "name": save_form.cleaned_data["name"],
        "monthly": save_form.cleaned_data["monthly"],
        "query": form.query,
    }
    if saved is not None and wanted != "new":
        saved.refresh_from_db()  # the form has written its values on it already
        kept = services.change(saved=saved, **values)
        messages.success(request, _("Analisi aggiornata: %(name)s") % {"name": kept.name})
        return redirect("billing:tem-saved", kept.pk)
    try:
        kept = services.save(access=request.access, **values)
    except services.TooMany:
        save_form.add_error("name", _("Hai già cento analisi su questo contratto: eliminane una."))
        return None
    messages.success(request, _("Analisi salvata: %(name)s") % {"name": kept.name})
    return redirect("billing:tem-saved", kept.pk)


@require_safe
@serves(FUNCTION)
def saved(request: HttpRequest, pk: int) -> HttpResponse:
    """The address that mails and lists carry."""
    kept = get_object_or_404(SavedAnalysis.objects.for_access(request.access), pk=pk)
    found: QueryDict = query_dict(kept.query)
    found[VIEW] = str(kept.pk)
    return redirect(f"{reverse('billing:tem-analysis')}?{found.urlencode()}")


@require_POST
@serves(FUNCTION)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(SavedAnalysis.objects.for_access(request.access), pk=pk)
    services.delete(saved=kept)
    messages.success(request, _("Analisi eliminata: %(name)s") % {"name": kept.name})
    return redirect("billing:tem")


# --- Files --------------------------------------------------------------------------------------------------------
@require_safe
@serves(FUNCTION)
def file(request: HttpRequest, ending: str) -> HttpResponse:
    """The figures of the page. Lists of lines leave through the list, which can be long."""
    if ending not in FORMATS:
        raise Http404
    form = AnalysisForm(request.GET, access=request.access)
    if not form.is_valid() or form.cleaned_data["per"] == Group.LINE:
        return redirect(f"{reverse('billing:tem-analysis')}?{request.GET.urlencode()}")
    target = tempfile.NamedTemporaryFile(suffix=f".{ending}")  # noqa: SIM115 - the response closes it
    rows = write_analysis(ending, target.name, form.analysis())
    list_services.record_download(access=request.access, type="Analisi_TEM", format=ending, rows=rows)
    response = FileResponse(
        open(target.name, "rb"),  # noqa: SIM115 - the response closes it
        as_attachment=True,
        filename=f"Analisi_TEM_{clock.rome(clock.now()):%Y%m%d_%H%M}.{ending}",
        content_type=CONTENT_TYPES[ending],
    )
    target.close()
    return guarded(response)
