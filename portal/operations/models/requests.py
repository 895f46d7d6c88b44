"""Requests (pratiche), their items, documents and history."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.contracts.models import Contract
from portal.operations.models.drafts import Draft
from portal.operations.querysets import ServiceRequestQuerySet
from portal.words import said


class RequestState(models.TextChoices):
    OPEN = "open", _("Aperto")
    WORKING = "working", _("In lavorazione")
    CLOSED = "closed", _("Chiuso")
    REFUSED = "refused", _("Scartato")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the items of a request are."""

    total: int
    done: int
    failed: int

    @property
    def worked(self) -> int:
        return self.done + self.failed

    @property
    def percent(self) -> int:
        return self.worked * 100 // self.total if self.total else 0


class Priority(models.IntegerChoices):
    HIGH = 1, _("Alta")
    NORMAL = 2, _("Normale")
    LOW = 3, _("Bassa")


class ServiceRequest(models.Model):
    """A pratica."""

    MOVES = {
        RequestState.OPEN: {RequestState.WORKING, RequestState.REFUSED},
        RequestState.WORKING: {RequestState.CLOSED, RequestState.REFUSED},
        RequestState.CLOSED: set(),
        RequestState.REFUSED: set(),
    }

    class Approval(models.TextChoices):
        NOT_NEEDED = "none", _("Non richiesta")
        WAITING = "waiting", _("In attesa di approvazione")
        GIVEN = "given", _("Approvata")
        DENIED = "denied", _("Negata")

    class Notify(models.TextChoices):
        NO = "", _("Non avvisarmi")
        MAIL = "email", _("Avvisami per e-mail")
        SMS = "sms", _("Avvisami per SMS")

    number = models.CharField(_("N pratica"), max_length=13, unique=True)
    kind = models.CharField(max_length=60)
    label = models.CharField(_("Tipo pratica"), max_length=40)
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="requests"
    )
    # Only when exactly one line is concerned.
    line_number = models.CharField(_("Linea"), max_length=10, blank=True)
    source_channel = models.CharField(_("Provenienza"), max_length=20, default="CONSIP8")
    state = models.CharField(_("Stato"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    approval = models.CharField(
        _("Approvazione"), max_length=8, choices=Approval, default=Approval.NOT_NEEDED
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Richiesta da"),
        null=True,
        on_delete=models.PROTECT,
        related_name="requests",
    )
    draft = models.ForeignKey(
        Draft, null=True, editable=False, on_delete=models.SET_NULL, related_name="requests"
    )
    values = models.JSONField(_("Dati"), default=dict)
    reason = models.CharField(_("Motivo dello scarto"), max_length=300, blank=True)
    opened_at = models.DateTimeField(_("Apertura"), default=clock.now)
    promised_at = models.DateTimeField(_("Promessa entro"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Chiusura"), null=True, blank=True)
    # Worked by customer service: decided when it is filed, so that a change of settings moves nothing.
    at_the_desk = models.BooleanField(_("Al desk"), default=False)
    priority = models.PositiveSmallIntegerField(_("Precedenza"), choices=Priority, default=Priority.NORMAL)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("In carico a"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    notify = models.CharField(
        _("Avviso alla fine"), max_length=5, choices=Notify, default=Notify.NO, blank=True
    )
    retry_of = models.ForeignKey(
        "self",
        verbose_name=_("Riprova della pratica"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="retries",
    )

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("pratica")
        verbose_name_plural = _("pratiche")
        ordering = ("-opened_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(number__regex=r"^7-\d{11}$"), name="request_number_format"),
            # A draft files one request for each kind: the second submit finds the first.
            models.UniqueConstraint(fields=("draft", "kind"), name="one_request_a_draft_and_kind"),
        )
        indexes = (
            models.Index(fields=("contract", "-opened_at", "-id"), name="request_by_contract"),
            models.Index(fields=("filed_by", "-opened_at"), name="request_by_filer"),
            models.Index(fields=("state", "promised_at"), name="request_queue"),
            models.Index(
                fields=("priority", "promised_at"),
                condition=Q(at_the_desk=True, state__in=("open", "working")),
                name="desk_queue",
            ),
        )

    def __str__(self):
        return self.number

    @property
    def title(self) -> str:
        """What was asked for, in the language of the page."""
        return said(self.label)

    @property
    def is_open(self) -> bool:
        return self.state in (RequestState.OPEN, RequestState.WORKING)

    @property
    def is_late(self) -> bool:
        """Was the promise broken, or is it being broken now?"""
        return self.promised_at is not None and (self.closed_at or clock.now()) > self.promised_at

    @cached_property
    def progress(self) -> Progress:
        counts = dict(self.items.order_by().values_list("state").annotate(Count("pk")))
        return Progress(
            sum(counts.values()),
            counts.get(RequestItem.State.DONE, 0),
            counts.get(RequestItem.State.FAILED, 0),
        )


class RequestItem(models.Model):
    """One object of a request, with its own outcome."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Da lavorare")
        DONE = "done", _("Eseguita")
        FAILED = "failed", _("Non eseguita")

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=60)  # of the request: the constraint below needs it here
    subject_id = models.BigIntegerField(null=True)
    label = models.CharField(_("Oggetto"), max_length=80, blank=True)
    line_number = models.CharField(_("Linea"), max_length=10, blank=True)
    values = models.JSONField(_("Dati"), default=dict)
    state = models.CharField(_("Stato"), max_length=8, choices=State, default=State.WAITING)
    error = models.CharField(_("Motivo"), max_length=300, blank=True)
    worked_at = models.DateTimeField(_("Lavorata il"), null=True, blank=True)
    # True while the request is open and its operation allows one at a time (S-28).
    holds = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("riga della pratica")
        verbose_name_plural = _("righe della pratica")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject_id"),
                condition=Q(holds=True),
                name="one_open_request_a_kind_and_object",
            ),
        )
        indexes = (models.Index(fields=("request", "state", "id"), name="item_to_work"),)

    def __str__(self):
        return self.label


class StateChange(models.Model):
    """The history of a request, its order and its shipment, one row a move."""

    class About(models.TextChoices):
        REQUEST = "request", _("Pratica")
        ORDER = "order", _("Ordine")
        SHIPMENT = "shipment", _("Spedizione")
        APPROVAL = "approval", _("Approvazione")

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="history")
    about = models.CharField(max_length=8, choices=About, default=About.REQUEST)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("passaggio di stato")
        verbose_name_plural = _("passaggi di stato")
        ordering = ("at", "pk")

    def __str__(self):
        return f"{self.from_state} → {self.to_state}"


class RequestDocument(models.Model):
    """What was downloaded before filing, kept with the request."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="documents")
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    file = models.FileField(upload_to="requests/%Y/%m/")  # of the draft: requests of one submit share it

    class Meta:
        verbose_name = _("documento della pratica")
        verbose_name_plural = _("documenti della pratica")
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("request", "key"), name="a_document_once_a_request"),)

    def __str__(self):
        return self.name
