"""The public area: welcome, news, documents, contacts, legal texts. Registered people read more in the same pages."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.contracts.views import serves
from portal.site import legal_pdf
from portal.site.models import ContactPoint, Document, LegalText, News

NEWS_ON_FRONT, DOCUMENTS_ON_FRONT = 3, 5


@require_safe
@serves("2")
def agreements(request):
    """The general page, where one chooses the agreement."""
    return render(
        request, "site/agreements.html", {"earlier": LegalText.objects.current("convenzioni-precedenti")}
    )


@require_safe
@serves("2")
def front(request):
    """The entry page of the agreement."""
    context = {
        "news": News.objects.for_access(request.access)[:NEWS_ON_FRONT],
        "documents": Document.objects.for_access(request.access)[:DOCUMENTS_ON_FRONT],
        "contacts": ContactPoint.objects.all(),
        "earlier": LegalText.objects.current("convenzioni-precedenti"),
        "page_title": settings.BRAND["service"],
    }
    return render(request, "site/front.html", context)


@require_safe
@serves("news")
def news_list(request):
    return _page(request, "site/news_list.html", News.objects.for_access(request.access))


@require_safe
@serves("news")
def news_detail(request, pk: int):
    item = get_object_or_404(News.objects.for_access(request.access), pk=pk)
    context = {
        "item": item,
        "page_title": item.title,
        "page_purpose": item.summary,
        "crumbs": [(item.title, "")],
    }
    return render(request, "site/news_detail.html", context)


@require_safe
@serves("documents")
def document_list(request):
    return _page(request, "site/document_list.html", Document.objects.for_access(request.access))


@require_safe
@serves("documents")
def document_file(request, pk: int):
    """The file itself, as a download: a document of registered people does not exist for the public."""
    document = get_object_or_404(Document.objects.for_access(request.access), pk=pk)
    name = f"{slugify(document.title) or 'documento'}.{document.extension.lower()}"
    try:
        content = document.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@serves("legal")
def legal(request, slug: str):
    text = _legal_text(slug)
    others = [
        (label, reverse("site:legal", args=[value]), value == slug) for value, label in LegalText.Slug.choices
    ]
    context = {
        "text": text,
        "reading": text.reading,
        "page_title": text.reading.title,
        "crumbs": [(text.reading.title, "")],
        "tabs": others,
        "tabs_label": _("Testi legali"),
    }
    return render(request, "site/legal.html", context)


@require_safe
@serves("legal")
def legal_file(request, slug: str, kind: str):
    """The text to keep: as PDF, or as plain words."""
    text = _legal_text(slug)
    if kind == "pdf":
        content, content_type = legal_pdf.write(text), "application/pdf"
    else:
        content, content_type = f"{text.title}\n\n{text.body}\n", "text/plain; charset=utf-8"
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{text.slug}-v{text.version}.{kind}"'
    return response


def _legal_text(slug: str) -> LegalText:
    text = LegalText.objects.current(slug)
    if text is None:
        raise Http404
    return text


def _page(request, template: str, rows):
    page = Paginator(rows, 10).get_page(request.GET.get("pagina"))
    return render(request, template, {"page": page})
