"""The page of the devices one is connected with."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal.accounts import sessions
from portal.accounts.fresh import fresh_factor_required
from portal.accounts.profile_tabs import tabs
from portal.contracts.views import serves

PAGE = "accounts:devices"


@never_cache
@serves("6")
def devices(request):
    current = sessions.current(request)
    others = [row for row in sessions.living(request.user) if row.pk != current.pk]
    context = {
        "current": current,
        "others": others,
        "tabs": tabs(request, PAGE),
        "page_title": _("Dispositivi collegati"),
        "page_purpose": _("Dove sei entrato con le tue credenziali: puoi chiudere ogni accesso da qui."),
        "crumbs": [(_("Dispositivi collegati"), "")],
    }
    return render(request, "accounts/profile/devices.html", context)


@require_POST
@serves("6")
@fresh_factor_required
def end_session(request, pk: int):
    row = get_object_or_404(sessions.living(request.user), pk=pk)
    if row.pk == sessions.current(request).pk:
        messages.info(request, _("È il dispositivo che stai usando: per chiuderlo scegli «Esci»."))
    else:
        sessions.end(row=row)
        messages.success(request, _("Il dispositivo è disconnesso."))
    return redirect(PAGE)


@require_POST
@serves("6")
@fresh_factor_required
def end_other_sessions(request):
    count = sessions.end_others(user=request.user, but=sessions.current(request))
    if count:
        words = ngettext("%(count)d dispositivo disconnesso.", "%(count)d dispositivi disconnessi.", count)
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("Non ci sono altri dispositivi collegati."))
    return redirect(PAGE)
