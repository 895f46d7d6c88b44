"""The file of a manual (7.7.10), and the models of a system (7.7.5)."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from portal.contracts.views import serves
from support.models import Manual
from support.operations.terminals import models_of


@require_safe
@serves("7.7.10")
def manual_file(request: HttpRequest, pk: int) -> HttpResponse:
    manual = get_object_or_404(Manual.objects.for_access(request.access), pk=pk)
    try:
        content = manual.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"{slugify(manual.title) or 'manuale'}.pdf"
    answer = FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@serves("7.7.5")
def terminal_models(request: HttpRequest) -> HttpResponse:
    names = models_of(request.GET.get("system", ""))
    return render(request, "contracts/municipalities.html", {"names": names})
