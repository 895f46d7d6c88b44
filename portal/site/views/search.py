"""One search for everything the person may see."""

from __future__ import annotations

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.contracts.views import serves
from portal.site import registry
from portal.site.forms import SearchForm


@require_safe
@serves("B2.8")
def search(request):
    form = SearchForm(request.GET if "q" in request.GET else None)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    groups = registry.search(request.access, words) if words else []
    context = {
        "form": form,
        "groups": groups,
        "words": words,
        "search_query": request.GET.get("q", "")[:80],
        "found": sum(len(group.hits) for group in groups),
        "page_title": _("Ricerca"),
    }
    return render(request, "site/search.html", context)
