"""What Django and axes tell us of log-ins."""

from __future__ import annotations

import structlog
from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from portal.accounts.network import client_address
from portal.audit.actions import action
from portal.audit.services import record

log = structlog.get_logger(__name__)

LOCKED = action("accounts.login.locked", _("Accesso bloccato per 15 minuti dopo 5 tentativi"))


@receiver(user_login_failed)
def note_failure(sender, request=None, **kwargs):
    """The name typed is not logged: people type passwords into that field too."""
    log.warning("login_failed", source=client_address(request) if request is not None else "")


@receiver(user_locked_out)
def note_lock(sender, username=None, ip_address="", **kwargs):
    owner = get_user_model().objects.named(username or "").first()
    record(LOCKED, obj=owner, note=str(_("Da %(source)s")) % {"source": ip_address})
