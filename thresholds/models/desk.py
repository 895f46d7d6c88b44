"""What customer service looks at: rows of other tables, seen from here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lines.models import Line
from portal.outbox.models import Message


class StoppedLine(Line):
    class Meta:
        proxy = True
        verbose_name = _("linea fermata da una soglia")
        verbose_name_plural = _("linee fermate da una soglia")
        default_permissions = ()
        permissions = (("release_line", _("Può sbloccare linee fermate da una soglia")),)


class SentNotice(Message):
    class Meta:
        proxy = True
        verbose_name = _("avviso sulle soglie")
        verbose_name_plural = _("avvisi sulle soglie")
        default_permissions = ()
        permissions = (("resend_notice", _("Può inviare di nuovo gli avvisi sulle soglie")),)
