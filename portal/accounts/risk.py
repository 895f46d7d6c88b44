"""After a SIM swap, an SMS to that number proves nothing for 72 hours (B-10).

risk.hold(number=line.number, reason=…)            # whoever changes the SIM
@risk.guards(risk.Action.IBAN)                     # on a view function or its `dispatch`
if not risk.allowed(request, risk.Action.SIM_ORDER): …   # inside a flow
"""

from __future__ import annotations

from functools import wraps

from django.conf import settings
from django.db import models, transaction
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts import devices
from portal.accounts.models import RiskHold
from portal.audit.actions import action
from portal.audit.services import record

HELD = action("accounts.risk.held", _("Periodo di cautela dopo un cambio SIM"))


class Action(models.TextChoices):
    EMAIL = "email", _("cambiare l'e-mail")
    PASSWORD = "password", _("cambiare la password")
    IBAN = "iban", _("cambiare l'IBAN")
    SIM_ORDER = "sim-order", _("chiedere un'altra SIM")
    # Not a fifth risk but the side door to the four: a new app or passkey would lift the hold.
    SECOND_FACTOR = "second-factor", _("cambiare i metodi di verifica")


RISKY_ACTIONS = (Action.EMAIL, Action.PASSWORD, Action.IBAN, Action.SIM_ORDER)


@transaction.atomic
def hold(*, number: str, reason: str, until=None) -> RiskHold:
    """From now on SMS alone does not open the risky actions of whoever is registered with `number`."""
    now = clock.now()
    held = RiskHold.objects.create(
        number=number, reason=reason[:120], since=now, until=until or now + settings.RISK_HOLD
    )
    record(HELD, line_number=number, obj=held, note=reason)
    return held


def held_until(user):
    """The end of the hold on the registered number, or None."""
    if not user.mobile_number:
        return None
    now = clock.now()
    holds = RiskHold.objects.filter(number=user.mobile_number, since__lte=now, until__gt=now)
    return holds.order_by("-until").values_list("until", flat=True).first()


def allowed(request, risky: str) -> bool:
    """May this session do it now? Always without a hold; under one only with an app or a passkey."""
    Action(risky)
    if devices.method_of(request.user.otp_device) in devices.STRONG:
        return True
    return held_until(request.user) is None


def refusal(request, risky: str):
    """The page that explains it, or None when the action is allowed."""
    if allowed(request, risky):
        return None
    context = {"risky": Action(risky), "until": held_until(request.user)}
    return render(request, "accounts/mfa/held.html", context, status=403)


def guards(risky: str):
    """For views and for `dispatch` of class-based views; put it below the check of login and role."""
    Action(risky)

    def decorate(view):
        @wraps(view)
        def checked(*args, **kwargs):
            request = args[0] if hasattr(args[0], "session") else args[1]
            return refusal(request, risky) or view(*args, **kwargs)

        return checked

    return decorate
