"""Top-ups the organization pays: what is due by itself, what was asked for, and what became of each."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.wallet import Movement, MovementKind
from billing.querysets import OfLinesOfContract, TopUpQuerySet
from lines.models import Line
from portal import clock
from portal.contracts.models import Contract

ONE_OFF_AMOUNTS = (Decimal(7), Decimal(22), Decimal(44), Decimal(88))  # VAT included
EVERY_DAYS = (7, 15, 30)
LEAST, MOST = 5, 50  # euro of an automatic top-up
MOST_TRIGGER = 5  # euro
A_MONTH = 3  # automatic top-ups below the trigger, on one line


class AutoTopUpMode(models.TextChoices):
    """Named after what one may ask for, not after what happens (Q28): a RINUNCIA line is topped up every month."""

    OPT_OUT = "out", _("RINUNCIA")
    OPT_IN = "in", _("CONFERMA")


class MonthlyTopUp(models.Model):
    """The automatic top-up of a prepaid line at the start of each month, as the agreement with the operator says."""

    line = models.OneToOneField(
        Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="monthly_top_up"
    )
    mode = models.CharField(_("Modalità di ricarica automatica"), max_length=3, choices=AutoTopUpMode)
    amount = models.DecimalField(_("Importo €"), max_digits=6, decimal_places=2)
    next_month = models.DateField(_("Prossimo mese da decidere"))  # its first day

    objects = OfLinesOfContract.as_manager()

    class Meta:
        verbose_name = _("ricarica automatica mensile")
        verbose_name_plural = _("ricariche automatiche mensili")
        ordering = ("line",)
        constraints = (
            models.CheckConstraint(condition=Q(mode__in=AutoTopUpMode.values), name="monthly_mode_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="monthly_amount_above_zero"),
        )
        indexes = (models.Index(fields=("next_month", "id"), name="monthly_top_up_due"),)

    def __str__(self):
        return f"{self.line} {self.get_mode_display()}"


class MonthlyException(models.Model):
    """One month in which the line does not follow its mode: waived where it would be done, done where it would not."""

    plan = models.ForeignKey(MonthlyTopUp, on_delete=models.PROTECT, related_name="exceptions")
    month = models.DateField(_("Mese"))  # its first day
    request_number = models.CharField(_("N pratica"), max_length=13, blank=True)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("eccezione di un mese")
        verbose_name_plural = _("eccezioni di un mese")
        constraints = (models.UniqueConstraint(fields=("plan", "month"), name="one_exception_a_month"),)

    def __str__(self):
        return f"{self.plan_id} {self.month:%Y-%m}"


class TopUpRule(models.Model):
    """A top-up that comes by itself: every so many days, or when the credit reaches a value."""

    class Kind(models.TextChoices):
        TIMED = "timed", _("Ricarica a tempo")
        LOW_BALANCE = "low", _("Ricarica sotto soglia parametrica")

    class State(models.TextChoices):
        ACTIVE = "active", _("ATTIVO")
        STOPPED = "ceased", _("CESSATO")

    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="top_up_rules"
    )
    kind = models.CharField(_("Tipo"), max_length=5, choices=Kind)
    amount = models.DecimalField(_("Importo della ricarica"), max_digits=5, decimal_places=2)
    every_days = models.PositiveSmallIntegerField(_("Frequenza di ricarica"), null=True, blank=True)
    trigger = models.DecimalField(
        _("Soglia di credito"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    state = models.CharField(_("Stato"), max_length=6, choices=State, default=State.ACTIVE)
    started_on = models.DateField(_("Dal"))
    ended_on = models.DateField(_("Al"), null=True, blank=True)
    next_on = models.DateField(_("Prossima ricarica"), null=True, blank=True)

    objects = OfLinesOfContract.as_manager()

    class Meta:
        verbose_name = _("ricarica automatica")
        verbose_name_plural = _("ricariche automatiche")
        ordering = ("line", "kind", "-started_on")
        constraints = (
            models.UniqueConstraint(
                fields=("line", "kind"), condition=Q(state="active"), name="one_active_top_up_rule_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=LEAST, amount__lte=MOST), name="top_up_rule_amount"
            ),
            models.CheckConstraint(
                condition=Q(kind="timed", every_days__in=EVERY_DAYS, trigger=None, next_on__isnull=False)
                | Q(kind="low", every_days=None, next_on=None, trigger__gte=0, trigger__lte=MOST_TRIGGER),
                name="top_up_rule_values",
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_on=None) | Q(state="ceased", ended_on__isnull=False),
                name="top_up_rule_ended_with_a_date",
            ),
        )
        indexes = (
            models.Index(
                fields=("next_on", "id"), condition=Q(state="active", kind="timed"), name="timed_rules_due"
            ),
        )

    def __str__(self):
        return f"{self.line} {self.get_kind_display()}"

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE


class TopUp(models.Model):
    """One company top-up: due or asked for once, sent to the operator once, credited once."""

    class Kind(models.TextChoices):
        ONE_OFF = MovementKind.ONE_OFF.value, _("Ricarica one shot")
        MONTHLY = MovementKind.MONTHLY.value, _("Ricarica automatica mensile")
        TIMED = MovementKind.TIMED.value, _("Ricarica a tempo")
        LOW_BALANCE = MovementKind.LOW_BALANCE.value, _("Ricarica sotto soglia")

    class State(models.TextChoices):
        DUE = "due", _("In attesa")
        SENT = "sent", _("Inviata")
        UNKNOWN = "unknown", _("In verifica")
        STAFF = "staff", _("Al Servizio Clienti")
        DONE = "done", _("Accreditata")
        REFUSED = "refused", _("Rifiutata")
        SKIPPED = "skipped", _("Non fatta")

    MOVES = {
        State.DUE: {State.SENT, State.SKIPPED},
        State.SENT: {State.DONE, State.REFUSED, State.UNKNOWN, State.DUE, State.STAFF},
        State.UNKNOWN: {State.DONE, State.REFUSED, State.DUE, State.STAFF},
        State.STAFF: {State.DONE, State.REFUSED, State.DUE},
        State.DONE: set(),
        State.REFUSED: set(),
        State.SKIPPED: set(),
    }
    OPEN = (State.DUE, State.SENT, State.UNKNOWN, State.STAFF)

    # Of the fact; the operator gets it with the request and answers for it once.
    key = models.CharField(_("Chiave"), max_length=80, unique=True)
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="top_ups", db_index=False
    )
    number = models.CharField(_("Linea"), max_length=10)  # the line's, for sorting without a join
    kind = models.CharField(_("Tipo"), max_length=8, choices=Kind)
    amount = models.DecimalField(_("Importo €"), max_digits=6, decimal_places=2)
    due_on = models.DateField(_("Data"))
    rule = models.ForeignKey(
        TopUpRule, null=True, blank=True, on_delete=models.PROTECT, related_name="top_ups"
    )
    # Which of the month's it is, for those below the trigger: the database counts to three.
    month = models.DateField(null=True, blank=True, editable=False)
    ordinal = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    request_number = models.CharField(_("N pratica"), max_length=13, blank=True)
    state = models.CharField(_("Stato"), max_length=7, choices=State, default=State.DUE)
    error = models.CharField(_("Motivo"), max_length=200, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(
        null=True, blank=True
    )  # first sent: after a while of not knowing, staff look
    check_at = models.DateTimeField(null=True, blank=True)  # when to ask the operator what became of it
    settled_at = models.DateTimeField(_("Accreditata il"), null=True, blank=True)
    movement = models.OneToOneField(
        Movement, null=True, blank=True, on_delete=models.PROTECT, related_name="top_up"
    )

    objects = TopUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("ricarica aziendale")
        verbose_name_plural = _("ricariche aziendali")
        ordering = ("-due_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("line", "month", "ordinal"),
                condition=Q(kind="low"),
                name="low_balance_top_ups_are_counted",
            ),
            models.CheckConstraint(
                condition=Q(kind="low", month__isnull=False, ordinal__gte=1, ordinal__lte=A_MONTH)
                | (~Q(kind="low") & Q(month=None, ordinal=None)),
                name="low_balance_at_most_three_a_month",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="top_up_amount_above_zero"),
            models.CheckConstraint(
                condition=Q(state="done", movement__isnull=False) | (~Q(state="done") & Q(movement=None)),
                name="top_up_done_with_its_movement",
            ),
        )
        indexes = (
            models.Index(fields=("contract", "-due_on", "-id"), name="top_ups_of_contract"),
            models.Index(fields=("line", "-due_on", "-id"), name="top_ups_of_line"),
            models.Index(
                fields=("state", "check_at", "id"),
                condition=Q(state__in=("due", "sent", "unknown", "staff")),
                name="top_ups_open",
            ),
        )

    def __str__(self):
        return f"{self.number} {self.get_kind_display()}"
