"""Rows that workers claim."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.jobs.claims import ClaimQuerySet


class JobQuerySet(ClaimQuerySet):
    waiting, taken, due_field = "queued", "running", "run_after"

    def open(self):
        return self.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING))

    def closed(self):
        return self.exclude(state__in=(Job.State.QUEUED, Job.State.RUNNING))


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("In attesa")
        RUNNING = "running", _("In elaborazione")
        DONE = "done", _("Completato")
        FAILED = "failed", _("Fallito")
        CANCELLED = "cancelled", _("Annullato")

    kind = models.CharField(_("Tipo"), max_length=60)
    key = models.CharField(_("Chiave"), max_length=200, unique=True)
    payload = models.JSONField(_("Dati"), default=dict, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Richiesto da"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    state = models.CharField(_("Stato"), max_length=10, choices=State, default=State.QUEUED)
    run_after = models.DateTimeField(_("Non prima di"), default=clock.now)
    lease_until = models.DateTimeField(_("In carico fino a"), null=True, blank=True)
    lease = models.CharField(max_length=32, blank=True, editable=False)
    rung_at = models.DateTimeField(default=clock.now, editable=False)
    # Begun since the last progress: a job that only dies or fails is parked, a long one outlives many restarts.
    attempts = models.PositiveSmallIntegerField(_("Tentativi"), default=0)
    done = models.PositiveIntegerField(_("Fatti"), default=0)
    total = models.PositiveIntegerField(_("Totale"), default=0)
    message = models.CharField(_("Messaggio"), max_length=200, blank=True)
    error = models.TextField(_("Errore"), blank=True)
    request_id = models.CharField(max_length=36, blank=True, editable=False)
    cancel_asked = models.BooleanField(_("Annullamento richiesto"), default=False)
    created_at = models.DateTimeField(_("Creato"), default=clock.now)
    started_at = models.DateTimeField(_("Iniziato"), null=True, blank=True)
    finished_at = models.DateTimeField(_("Finito"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("lavoro")
        verbose_name_plural = _("lavori")
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("state", "run_after"), name="job_due"),)

    def __str__(self):
        return f"{self.kind} {self.key}"

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)


class Beat(models.Model):
    """When the clockwork last turned: beat, broker and a worker were alive at that moment."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("battito")
        verbose_name_plural = _("battiti")

    def __str__(self):
        return self.name
