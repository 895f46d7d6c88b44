"""What a reader prefers, and what a reader asked to be written."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.contracts.models import Contract
from portal.jobs.models import Job
from portal.lists.querysets import ExportJobQuerySet
from portal.lists.writers import CSV, XLSX

KEPT = timedelta(days=30)


class ListPreference(models.Model):
    """The columns and the page size somebody chose for one list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_key = models.CharField(max_length=150)
    columns = models.JSONField(null=True, blank=True)  # names; null: as declared
    page_size = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("preferenza di un elenco")
        verbose_name_plural = _("preferenze degli elenchi")
        constraints = (
            models.UniqueConstraint(fields=("user", "list_key"), name="one_preference_a_user_and_list"),
        )

    def __str__(self):
        return self.list_key


def file_name(export: ExportJob, _name: str) -> str:
    """A name nobody can guess and always the same: a second run writes over what a dead worker left."""
    return f"exports/{export.token.hex}.{export.format}"


def expiry():
    return clock.now() + KEPT


class ExportJob(models.Model):
    """A file somebody asked for: what it shall hold is frozen here, how far it is stands in its job."""

    class Format(models.TextChoices):
        CSV = CSV, _("csv")
        XLSX = XLSX, _("Excel")

    class State(models.TextChoices):
        RUNNING = "running", _("In elaborazione")
        COMPLETED = "completed", _("Completato")
        FAILED = "failed", _("Fallito")
        CANCELLED = "cancelled", _("Annullato")
        EXPIRED = "expired", _("Scaduto")

    type = models.CharField(_("Tipo richiesta"), max_length=60)
    format = models.CharField(_("Formato"), max_length=4, choices=Format)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Richiesto da"),
        on_delete=models.CASCADE,
        related_name="exports",
    )
    contract = models.ForeignKey(
        Contract,
        verbose_name=_("Contratto"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    function_id = models.CharField(max_length=20)  # whoever may no longer open it gets no file either
    list_path = models.CharField(max_length=200)  # dotted path of the declared list
    list_kwargs = models.JSONField(default=dict, blank=True)
    query = models.TextField(blank=True)  # filters, search and order, as in the address of the page
    prefix = models.CharField(max_length=30, blank=True)
    columns = models.JSONField(default=list)
    scope = models.CharField(max_length=4, default="all")
    language = models.CharField(max_length=5, default="it")
    job = models.OneToOneField(
        Job, verbose_name=_("Lavoro"), null=True, on_delete=models.SET_NULL, related_name="export"
    )
    token = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    file = models.FileField(_("File"), upload_to=file_name, blank=True)
    rows = models.PositiveIntegerField(_("Righe"), default=0)
    failure = models.CharField(_("Motivo"), max_length=200, blank=True)
    requested_at = models.DateTimeField(_("Data richiesta"), default=clock.now)
    expires_at = models.DateTimeField(_("Scade il"), default=expiry)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("export")
        ordering = ("-requested_at", "-pk")
        indexes = (
            models.Index(fields=("owner", "-requested_at", "-id"), name="export_by_owner"),
            models.Index(fields=("expires_at",), name="export_expiry"),
        )

    def __str__(self):
        return self.type

    @property
    def download_name(self) -> str:
        return f"{self.type}_{clock.rome(self.requested_at):%Y%m%d_%H%M}.{self.format}"

    def get_state_label(self) -> str:
        """The list shows states in capitals (7.2.4)."""
        return str(self.State(self.state).label).upper()

    @property
    def is_open(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.COMPLETED and bool(self.file)

    @property
    def state(self) -> str:
        """As `ExportJobQuerySet.with_state` says it in SQL."""
        if self.expires_at <= clock.now():
            return self.State.EXPIRED
        return STATE_OF_JOB.get(self.job.state if self.job else "", self.State.FAILED)


STATE_OF_JOB = {
    Job.State.QUEUED: ExportJob.State.RUNNING,
    Job.State.RUNNING: ExportJob.State.RUNNING,
    Job.State.DONE: ExportJob.State.COMPLETED,
    Job.State.FAILED: ExportJob.State.FAILED,
    Job.State.CANCELLED: ExportJob.State.CANCELLED,
}
