"""The register of files received, and the rows that could not be taken."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock


class FeedBatch(models.Model):
    class Mode(models.TextChoices):
        DELTA = "delta", _("Solo variazioni")
        FULL = "full", _("Completo")

    class State(models.TextChoices):
        QUEUED = "queued", _("In attesa")
        RUNNING = "running", _("In elaborazione")
        DONE = "done", _("Completato")
        BRAKED = "braked", _("Fermato prima delle cessazioni")
        REFUSED = "refused", _("Rifiutato")
        FAILED = "failed", _("Interrotto")

    kind = models.CharField(_("Tipo"), max_length=40)
    mode = models.CharField(_("Modalità"), max_length=5, choices=Mode, default=Mode.DELTA)
    name = models.CharField(_("Nome del file"), max_length=200)
    sha256 = models.CharField(_("Impronta del file"), max_length=64)
    size = models.PositiveBigIntegerField(_("Dimensione"), default=0)
    file = models.FileField(_("File"), upload_to="feeds", blank=True)
    brake = models.PositiveSmallIntegerField(_("Cessazioni ammesse (%)"), default=10)
    state = models.CharField(_("Stato"), max_length=8, choices=State, default=State.QUEUED)
    read = models.PositiveIntegerField(_("Righe lette"), default=0)
    created = models.PositiveIntegerField(_("Nuove"), default=0)
    changed = models.PositiveIntegerField(_("Modificate"), default=0)
    unchanged = models.PositiveIntegerField(_("Invariate"), default=0)
    rejected = models.PositiveIntegerField(_("Scartate"), default=0)
    missing = models.PositiveIntegerField(_("Assenti dal file"), default=0)
    closed = models.PositiveIntegerField(_("Chiuse perché assenti"), default=0)
    message = models.CharField(_("Esito"), max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Caricato da"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("Ricevuto"), default=clock.now)
    finished_at = models.DateTimeField(_("Finito"), null=True, blank=True)

    class Meta:
        app_label = "contracts"
        verbose_name = _("flusso dati")
        verbose_name_plural = _("flussi dati")
        ordering = ("-created_at", "-pk")
        constraints = (
            # A file is loaded once; one that was refused, braked or broken off may be sent again.
            models.UniqueConstraint(
                fields=("kind", "mode", "sha256"),
                condition=Q(state__in=("queued", "running", "done")),
                name="one_load_a_file",
            ),
        )

    def __str__(self):
        return f"{self.kind} {self.name}"

    @property
    def accepted(self) -> int:
        return self.created + self.changed + self.unchanged


class FeedReject(models.Model):
    batch = models.ForeignKey(FeedBatch, on_delete=models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField(_("Riga"))
    reason = models.CharField(_("Motivo"), max_length=300)
    raw = models.TextField(_("Contenuto"), blank=True)

    class Meta:
        app_label = "contracts"
        verbose_name = _("riga scartata")
        verbose_name_plural = _("righe scartate")
        ordering = ("line", "pk")

    def __str__(self):
        return f"{self.line}: {self.reason}"
