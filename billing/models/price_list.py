"""The price list of the agreement, as staff load it."""

from __future__ import annotations

from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.contracts.models import FrameworkAgreement


class PriceListQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(valid_from__lte=clock.today()).order_by("-valid_from", "-pk")


class PriceList(models.Model):
    """A price list stays in force until the next one of its agreement begins."""

    agreement = models.ForeignKey(
        FrameworkAgreement,
        verbose_name=_("Convenzione"),
        on_delete=models.PROTECT,
        related_name="price_lists",
    )
    file = models.FileField(
        _("File PDF"), upload_to="price-lists/", validators=[FileExtensionValidator(["pdf"])]
    )
    valid_from = models.DateField(_("In vigore dal"), default=clock.today)

    objects = PriceListQuerySet.as_manager()

    class Meta:
        verbose_name = _("listino")
        verbose_name_plural = _("listini")
        ordering = ("-valid_from", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("agreement", "valid_from"), name="one_price_list_a_day"),
        )

    def __str__(self):
        return f"{self.agreement} – {self.valid_from:%d/%m/%Y}"
