"""What people add to a request besides working it: a second yes, and words."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.contracts.models import Contract
from portal.operations.models.requests import ServiceRequest
from portal.operations.querysets import ApprovalRuleQuerySet


class ApprovalRule(models.Model):
    """When an operation on a contract waits for the yes of a second person (2.7)."""

    class When(models.TextChoices):
        ALWAYS = "always", _("Sempre")
        LINES = "lines", _("Sopra un numero di righe")
        AMOUNT = "amount", _("Sopra un importo in euro")

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="approval_rules")
    kind = models.CharField(_("Operazione"), max_length=60)  # of the operation
    when = models.CharField(_("Quando serve"), max_length=6, choices=When, default=When.ALWAYS)
    # Rows or euros; nothing for «always».
    limit = models.DecimalField(
        _("Limite"), max_digits=10, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(0)]
    )

    objects = ApprovalRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("regola di approvazione")
        verbose_name_plural = _("regole di approvazione")
        ordering = ("kind",)
        constraints = (
            models.UniqueConstraint(fields=("contract", "kind"), name="one_approval_rule_a_kind"),
            models.CheckConstraint(condition=Q(limit__gte=0), name="approval_limit_not_negative"),
        )

    def __str__(self):
        return f"{self.kind} {self.get_when_display()}"

    def asks_for(self, *, rows: int, amount: Decimal | None) -> bool:
        """An operation that cannot say its amount waits: what is unknown may be above the limit."""
        if self.when == self.When.LINES:
            return rows > self.limit
        if self.when == self.When.AMOUNT:
            return amount is None or amount > self.limit
        return True


class DeskNote(models.Model):
    """What customer service wrote on a request; the filer reads it only when it was meant so."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Autore"), on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField(_("Nota"), max_length=300)
    visible = models.BooleanField(_("La legge anche chi ha inviato la richiesta"), default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("nota")
        verbose_name_plural = _("note")
        ordering = ("at", "pk")
        permissions = (
            ("work_request", _("Può lavorare le pratiche al desk")),
            ("assign_request", _("Può assegnare le pratiche e dare la precedenza")),
        )

    def __str__(self):
        return self.text[:40]


class CannedAnswer(models.Model):
    """What the desk says often: a title to find it by, and the words."""

    title = models.CharField(_("Titolo"), max_length=80, unique=True)
    text = models.CharField(_("Testo"), max_length=300)

    class Meta:
        verbose_name = _("risposta pronta")
        verbose_name_plural = _("risposte pronte")
        ordering = ("title",)

    def __str__(self):
        return self.title
