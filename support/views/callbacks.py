"""«Prenota una chiamata» (7.7.3)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.contracts.views import serves
from support import hours, pages
from support.forms import CallBackForm
from support.models import CallBack
from support.services import callbacks


@require_http_methods(["GET", "HEAD", "POST"])
@serves("7.7.3")
def call_back(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = CallBackForm(request.POST)
        if form.is_valid():
            _book(request, form.cleaned_data["phone"])
            return redirect("support:call-back")
    else:
        form = CallBackForm(initial={"phone": request.user.mobile_number})
    now = clock.now()
    context = {
        **pages.frame(request),
        "form": form,
        "booked": CallBack.objects.for_access(request.access).waiting().first(),
        "open_now": hours.is_open(now),
        "next_open": hours.next_open(now),
        "calling_number": settings.CALLING_NUMBER,
    }
    return render(request, "support/call_back.html", context)


def _book(request: HttpRequest, phone: str) -> None:
    try:
        callbacks.book(access=request.access, phone=phone)
    except callbacks.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Chiamata prenotata."))


@require_POST
@serves("7.7.3")
def cancel(request: HttpRequest) -> HttpResponse:
    call = CallBack.objects.for_access(request.access).waiting().first()
    if call is not None and callbacks.cancel(call=call, actor=request.user):
        messages.success(request, _("Chiamata annullata."))
    else:
        messages.info(request, _("Non hai chiamate prenotate."))
    return redirect("support:call-back")
