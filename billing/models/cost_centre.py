"""Cost centres of a contract, and which of them bear what of a line, from which month on."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.ebill.querysets import AssignmentQuerySet, CentreQuerySet
from lines.models import Line
from portal import clock
from portal.contracts.models import Contract


class CostCentre(models.Model):
    """A knot of the tree of a contract. One that is closed takes no new lines and keeps its past."""

    contract = models.ForeignKey(
        Contract,
        verbose_name=_("Contratto"),
        on_delete=models.PROTECT,
        related_name="cost_centres",
        db_index=False,
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("Fa parte di"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    code = models.CharField(_("Codice"), max_length=30)
    name = models.CharField(_("Nome"), max_length=100)
    is_closed = models.BooleanField(_("Chiuso"), default=False)

    objects = CentreQuerySet.as_manager()

    class Meta:
        verbose_name = _("centro di costo")
        verbose_name_plural = _("centri di costo")
        ordering = ("code",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("contract", "code"), name="one_cost_centre_a_code"),
            models.CheckConstraint(condition=~Q(code=""), name="cost_centre_has_a_code"),
        )

    def __str__(self):
        return f"{self.code} {self.name}"


class CostSplit(models.Model):
    """Who bears the cost of a line: one centre, or several. Never changed: thousands of lines may share it."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    fingerprint = models.CharField(max_length=64, editable=False)  # of its shares: equal ones are one row
    is_whole = models.BooleanField(_("Un solo centro"))  # one centre bears everything: summed in the database

    class Meta:
        verbose_name = _("ripartizione")
        verbose_name_plural = _("ripartizioni")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("contract", "fingerprint"), name="one_cost_split_a_fingerprint"),
        )

    def __str__(self):
        return self.fingerprint[:8]


class CostShare(models.Model):
    """The part of one centre: so many euro a month, or so much per cent of what is left after those."""

    split = models.ForeignKey(
        CostSplit,
        verbose_name=_("Ripartizione"),
        on_delete=models.CASCADE,
        related_name="shares",
        db_index=False,
    )
    centre = models.ForeignKey(
        CostCentre, verbose_name=_("Centro di costo"), on_delete=models.PROTECT, related_name="shares"
    )
    position = models.PositiveSmallIntegerField(_("Posizione"))
    fixed = models.DecimalField(_("Quota fissa € al mese"), max_digits=8, decimal_places=2, null=True)
    percent = models.DecimalField(_("Percentuale"), max_digits=5, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quote")
        ordering = ("split", "position")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("split", "position"), name="one_cost_share_a_position"),
            models.UniqueConstraint(fields=("split", "centre"), name="a_centre_once_a_split"),
            models.CheckConstraint(
                condition=Q(fixed__gt=Decimal(0), percent__isnull=True)
                | Q(fixed__isnull=True, percent__gt=Decimal(0), percent__lte=Decimal(100)),
                name="cost_share_fixed_or_percent",
            ),
        )

    def __str__(self):
        return f"{self.centre} {self.fixed or self.percent}"


class CostAssignment(models.Model):
    """What a line costs is borne so from a month on. Months are not cut: every report says the same of a month."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("Contratto"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(
        Line,
        verbose_name=_("Linea"),
        on_delete=models.CASCADE,
        related_name="cost_assignments",
        db_index=False,
    )
    split = models.ForeignKey(
        CostSplit, verbose_name=_("Ripartizione"), on_delete=models.PROTECT, related_name="assignments"
    )
    starts_on = models.DateField(_("Dal"))  # the first of a month
    ends_on = models.DateField(_("Al"), null=True, blank=True)  # the first of the month it no longer holds in
    created_at = models.DateTimeField(_("Registrata"), default=clock.now)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assegnazione a centro di costo")
        verbose_name_plural = _("assegnazioni a centri di costo")
        ordering = ("-starts_on", "-id")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("line", "starts_on"), name="one_cost_assignment_a_start"),
            models.UniqueConstraint(
                fields=("line",), condition=Q(ends_on__isnull=True), name="one_open_cost_assignment"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="cost_assignment_ends_after_start",
            ),
        )
        indexes = (
            models.Index(fields=("contract", "starts_on", "line"), name="cost_assignment_of_contract"),
        )

    def __str__(self):
        return f"{self.line} {self.starts_on:%m/%Y}"
