"""A limit on what a line may cost in a day or a month."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lines.models import Line, LineState
from portal import clock
from portal.contracts.models import Contract
from thresholds.querysets import ThresholdQuerySet

HIGHEST = 99_999  # whole euros (Q49)
LEVELS = (80, 100)  # per cent of the value (K1)
NAME_LENGTH = 40


class Family(models.TextChoices):
    """What is counted."""

    SPEND = "spend", _("Soglia di spesa")
    ROAMING = "roaming", _("Traffico dati roaming Extra UE")


class Kind(models.TextChoices):
    """What happens when it is reached."""

    NOTIFY = "notify", _("INFORMATIVA")
    BLOCK = "block", _("DISPOSITIVA")


class Period(models.TextChoices):
    DAY = "day", _("GIORNALIERO")
    MONTH = "month", _("MENSILE")


# As the operator's systems write them.
NAMES = {
    (Family.SPEND, Kind.NOTIFY): "SOGLIA INFO SPESA PA",
    (Family.SPEND, Kind.BLOCK): "SOGLIA DISPO SPESA PA",
    (Family.ROAMING, Kind.NOTIFY): "SOGLIA INFO VALORE DATI EXTRA UE PA",
    (Family.ROAMING, Kind.BLOCK): "SOGLIA DISPO VALORE DATI EXTRA UE PA",
}


class Threshold(models.Model):
    """How much of it is used is read from the sums of traffic and never stored here.

    A change of kind, period or value begins a new edition: its levels can be crossed again.
    """

    contract = models.ForeignKey(
        Contract,
        verbose_name=_("Contratto"),
        on_delete=models.PROTECT,
        related_name="thresholds",
        db_index=False,
    )
    line = models.ForeignKey(
        Line, verbose_name=_("Linea"), on_delete=models.PROTECT, related_name="thresholds"
    )
    number = models.CharField(
        _("Linea"), max_length=10, db_index=True
    )  # of the line, for lists without a join
    family = models.CharField(_("Famiglia"), max_length=7, choices=Family, default=Family.SPEND)
    kind = models.CharField(_("Tipologia soglia"), max_length=6, choices=Kind)
    period = models.CharField(_("Periodo"), max_length=5, choices=Period)
    value = models.PositiveIntegerField(_("Valore €"), validators=[MaxValueValidator(HIGHEST)])
    name = models.CharField(_("Descrizione soglia"), max_length=NAME_LENGTH, editable=False)
    state = models.CharField(_("Stato"), max_length=10, choices=LineState, default=LineState.ACTIVE)
    activated_on = models.DateField(_("Attivazione soglia"))
    ceased_on = models.DateField(_("Cessazione"), null=True, blank=True)
    edition = models.PositiveIntegerField(_("Versione"), default=1, editable=False)
    edition_on = models.DateField(_("Valida dal"), default=clock.today, editable=False)

    objects = ThresholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("soglia")
        verbose_name_plural = _("soglie")
        ordering = ("number", "family", "-id")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("line", "family"), condition=Q(state="active"), name="one_active_threshold_a_family"
            ),
            models.CheckConstraint(condition=Q(family__in=Family.values), name="threshold_family_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="threshold_kind_known"),
            models.CheckConstraint(condition=Q(period__in=Period.values), name="threshold_period_known"),
            models.CheckConstraint(condition=Q(value__lte=HIGHEST), name="threshold_value_in_range"),
            # 0 € only for a blocking one (K2).
            models.CheckConstraint(
                condition=Q(value__gt=0) | Q(kind="block"), name="threshold_zero_only_blocks"
            ),
            models.CheckConstraint(
                condition=Q(state="active", ceased_on__isnull=True)
                | Q(state="ceased", ceased_on__isnull=False),
                name="threshold_active_or_ceased",
            ),
            models.CheckConstraint(
                condition=Q(ceased_on__isnull=True) | Q(ceased_on__gte=F("activated_on")),
                name="threshold_ceases_after_start",
            ),
        )
        indexes = tuple(
            models.Index(fields=("contract", column, "id"), name=f"threshold_by_{column}")
            for column in ("number", "name", "period", "state", "activated_on", "ceased_on", "value")
        )

    def __str__(self):
        return f"{self.number} {self.name}"

    def save(self, *args, **kwargs):
        self.name = NAMES[self.family, self.kind]
        super().save(*args, **kwargs)

    @property
    def is_active(self) -> bool:
        return self.state == LineState.ACTIVE
