"""Telling who filed a request that it has come to its end, if they asked to be told."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.operations.models import RequestItem, ServiceRequest
from portal.outbox.services import send_mail, send_sms
from portal.words import speaking_to


def closed(request: ServiceRequest) -> None:
    """One message a request: the key of the fact makes a second one impossible."""
    who = request.filed_by
    if who is None or request.notify == ServiceRequest.Notify.NO:
        return
    key = f"request-closed:{request.number}"
    if request.notify == ServiceRequest.Notify.MAIL and who.email:
        send_mail(
            to=who.email,
            template="request_closed",
            context={"person": who, "request": request, "failed": _failed(request), "link": _link(request)},
            kind="request-closed",
            key=key,
            user=who,
            contract_number=request.contract.number,
        )
    elif request.notify == ServiceRequest.Notify.SMS and who.mobile_number:
        with speaking_to(who):
            words = _("Pratica %(number)s: %(state)s. Dettagli sul portale.")
            text = words % {"number": request.number, "state": request.get_state_display()}
        send_sms(to=who.mobile_number, text=text, kind="request-closed", key=key, user=who)


def _failed(request: ServiceRequest) -> int:
    return request.items.filter(state=RequestItem.State.FAILED).count()


def _link(request: ServiceRequest) -> str:
    return settings.PORTAL_URL + reverse("operations:request", args=[request.number])
