"""Drafts: what a person is putting together, before anything is filed."""

from __future__ import annotations

import hashlib
import json
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.contracts.models import Contract
from portal.operations.querysets import DraftQuerySet


class Draft(models.Model):
    """What a person is putting together. Nothing is filed before it is submitted, and it is submitted once."""

    class State(models.TextChoices):
        OPEN = "open", _("In compilazione")
        SUBMITTED = "submitted", _("Inviata")
        DISCARDED = "discarded", _("Annullata")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    flow = models.CharField(max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    contract = models.ForeignKey(Contract, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    values = models.JSONField(default=dict)  # cleaned form data, one entry a step
    # Grows with every change: what was downloaded before is stale.
    revision = models.PositiveIntegerField(default=0)
    downloads = models.JSONField(default=dict)  # {document key: revision it was downloaded at}
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("bozza")
        verbose_name_plural = _("bozze")

    def __str__(self):
        return f"{self.flow} {self.id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def fingerprint(self) -> str:
        """Of the draft as it stands: what a printed summary can be held against."""
        text = f"{self.pk}:{self.revision}:{json.dumps(self.values, sort_keys=True)}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class DraftItem(models.Model):
    """One chosen object (a line, a SIM, a referent …). A selection is a table, so it survives paging and 100,000 rows."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="items")
    subject_id = models.BigIntegerField()
    values = models.JSONField(default=dict)  # what is asked for this one only

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("draft", "subject_id"), name="an_object_once_a_draft"),
        )

    def __str__(self):
        return f"{self.draft_id} {self.subject_id}"


class DraftUpload(models.Model):
    """A file that came with a draft: looked into, rewritten where it can be, kept privately."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="uploads")
    field = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="uploads/%Y/%m/")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("draft", "field"), name="one_upload_a_field"),)

    def __str__(self):
        return self.name


class DraftDocument(models.Model):
    """A document of the gate as it was written for one revision of the draft."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="written")
    key = models.CharField(max_length=40)
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    file = models.FileField(upload_to="drafts/%Y/%m/")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("draft", "key", "revision"), name="a_document_once_a_revision"),
        )

    def __str__(self):
        return f"{self.key} {self.revision}"


class DraftImport(models.Model):
    """A pasted or uploaded list of numbers, held against what may be chosen (2.4). One a draft and step."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="imports")
    step = models.CharField(max_length=40)
    name = models.CharField(_("Nome del file"), max_length=120, blank=True)  # empty for a pasted list
    file = models.FileField(upload_to="imports/%Y/%m/", blank=True)
    checked_at = models.DateTimeField(null=True)  # None while the check goes on
    error = models.CharField(max_length=300, blank=True)  # the list as a whole cannot be read
    total = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("draft", "step"), name="one_list_a_step"),)

    def __str__(self):
        return self.name or str(_("Elenco incollato"))

    @property
    def refused(self) -> int:
        return self.total - self.accepted


class DraftImportRow(models.Model):
    """One row of the list: the object it names, or why it cannot be taken."""

    batch = models.ForeignKey(DraftImport, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField(_("Riga"))
    text = models.CharField(_("Scritto"), max_length=60)
    subject_id = models.BigIntegerField(null=True)
    reason = models.CharField(_("Motivo"), max_length=200, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("batch", "position"), name="a_row_once_a_list"),)
        indexes = (models.Index(fields=("batch", "subject_id"), name="row_by_subject"),)

    def __str__(self):
        return f"{self.position} {self.text}"
