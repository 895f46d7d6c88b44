"""What the address form asks for when another province is chosen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.contracts.places.models import Municipality
from portal.contracts.views import serves


@serves("places")
@require_safe
def municipalities(request: HttpRequest) -> HttpResponse:
    found = Municipality.objects.filter(province__code=request.GET.get("province", "")[:2])
    return render(request, "contracts/municipalities.html", {"names": found.values_list("name", flat=True)})
