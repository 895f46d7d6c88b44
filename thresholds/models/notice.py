"""Who is told, and which days have been told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.contracts.models import Contract


class NoticeRun(models.Model):
    """The notices of one business day: what was recorded from `after` (left out: from ever) until `until`.

    The window is written once and the next one begins where it ends, so that a day on which nothing ran is told the
    day after, in one notice.
    """

    day = models.DateField(_("Giorno"), primary_key=True)
    after = models.DateTimeField(_("Dal"), null=True)
    until = models.DateTimeField(_("Al"))
    made_at = models.DateTimeField(_("Preparato"), default=clock.now)
    finished_at = models.DateTimeField(_("Completato"), null=True, blank=True)
    notices = models.PositiveIntegerField(_("Avvisi"), default=0)

    class Meta:
        verbose_name = _("giro di avvisi")
        verbose_name_plural = _("giri di avvisi")
        ordering = ("-day",)
        default_permissions = ("view",)

    def __str__(self):
        return f"{self.day:%d/%m/%Y}"


class NoticeChoice(models.Model):
    """How a referent wants to be told at once; without a row, only the daily notice (B-12)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Persona"),
        on_delete=models.CASCADE,
        related_name="threshold_choices",
    )
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.CASCADE, related_name="+"
    )
    by_mail = models.BooleanField(_("E-mail"), default=False)
    by_sms = models.BooleanField(_("SMS"), default=False)

    class Meta:
        verbose_name = _("scelta degli avvisi")
        verbose_name_plural = _("scelte degli avvisi")
        ordering = ("contract", "user")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("user", "contract"), name="one_notice_choice_a_contract"),
            models.CheckConstraint(
                condition=Q(by_mail=True) | Q(by_sms=True), name="notice_choice_says_something"
            ),
        )

    def __str__(self):
        return f"{self.user} {self.contract}"
