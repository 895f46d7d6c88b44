"""The register of what was done. Rows are written once and never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.actions import label_of


class AppendOnlyError(Exception):
    """Somebody tried to change or remove a line of the register."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise AppendOnlyError

    def delete(self):
        raise AppendOnlyError


class AuditQuerySet(AppendOnlyQuerySet):
    def for_access(self, access):
        """The register of the chosen contract; nothing without one."""
        if access.contract is None:
            return self.none()
        return self.filter(contract_number=access.contract.number)


class AppendOnly(models.Model):
    """Rows are written once. The database refuses the rest too: see `portal.audit.guard`."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **(kwargs | {"force_insert": True}))

    def delete(self, *args, **kwargs):
        raise AppendOnlyError


class AuditEntry(AppendOnly):
    class Source(models.TextChoices):
        WEB = "web", _("Portale")
        ADMIN = "admin", _("Servizio Clienti")
        JOB = "job", _("Elaborazione automatica")
        FEED = "feed", _("Flusso dati")

    at = models.DateTimeField(_("Data e ora"), default=clock.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Autore"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    actor_name = models.CharField(_("Nome autore"), max_length=150, blank=True)
    source = models.CharField(_("Origine"), max_length=10, choices=Source, default=Source.WEB)
    # Number and not key: the register outlives what it speaks of.
    contract_number = models.CharField(_("Contratto"), max_length=12, blank=True)
    action = models.CharField(_("Azione"), max_length=80)
    line_number = models.CharField(_("Linea"), max_length=20, blank=True)
    object_type = models.CharField(_("Oggetto"), max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    object_name = models.CharField(_("Descrizione"), max_length=200, blank=True)
    changes = models.JSONField(_("Valori"), default=dict, blank=True)  # {"field": [old, new]}
    note = models.CharField(_("Nota"), max_length=300, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    seal = models.CharField(max_length=64, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("operazione registrata")
        verbose_name_plural = _("registro attività")
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("contract_number", "-at", "-id"), name="audit_by_contract"),
            models.Index(fields=("actor", "-at"), name="audit_by_actor"),
            models.Index(fields=("line_number", "-at"), name="audit_by_line"),
            models.Index(fields=("object_type", "object_id"), name="audit_by_object"),
        )

    def __str__(self):
        return f"{self.at:%d/%m/%Y %H:%M} {self.action}"

    @property
    def label(self):
        return label_of(self.action)


class AuditSeal(AppendOnly):
    """One link of the chain over the lines `first_id` … `last_id`."""

    first_id = models.BigIntegerField(unique=True)
    last_id = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("sigillo del registro")
        verbose_name_plural = _("sigilli del registro")
        ordering = ("first_id",)

    def __str__(self):
        return f"{self.first_id}-{self.last_id}"
