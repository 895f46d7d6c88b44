"""The employee's privacy page (2.9): who sees what, for how long, and a copy of one's own data."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import clock
from portal.accounts import privacy
from portal.accounts.profile_tabs import tabs
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.views import serves

DOWNLOADED = action("accounts.privacy.downloaded", _("Copia dei propri dati scaricata"))


@never_cache
@serves("B2.9")
def page(request):
    context = {
        "rows": privacy.rows(),
        "line": request.access.own_line,
        "tabs": tabs(request, "accounts:privacy"),
    }
    return render(request, "accounts/profile/privacy.html", context)


@never_cache
@require_POST
@serves("B2.9")
def download(request):
    record(DOWNLOADED, obj=request.user)
    text = json.dumps(privacy.data_of(request.user), ensure_ascii=False, indent=2, default=str)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="i-miei-dati-{clock.today():%Y-%m-%d}.json"'
    return response
