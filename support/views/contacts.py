"""«Contatti» (7.7.1): how to reach customer service."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import functions
from portal.contracts.views import serves
from portal.site import navigation
from portal.site.models import ContactPoint
from support import pages

WAYS = ("7.7.2", "7.7.3", "7.7.4", "7.7.9", "7.7.6", "7.7.8")  # other ways to get help, most used first


@require_safe
@serves("7.7.1")
def contacts(request: HttpRequest) -> HttpResponse:
    ways = [functions.get(name) for name in WAYS if request.access.may(name)]
    context = {
        **pages.frame(request),
        "contacts": ContactPoint.objects.all(),
        "ways": [(way, navigation.url_of(way)) for way in ways if navigation.url_of(way)],
    }
    return render(request, "support/contacts.html", context)
