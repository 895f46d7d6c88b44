"""What several models share."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def sort_indexes(prefix: str, *columns: str) -> tuple[models.Index, ...]:
    """One index for each column a list of one contract can be sorted by."""
    return tuple(
        models.Index(fields=("contract", column, "id"), name=f"{prefix}_by_{column}"[:30])
        for column in columns
    )


def ceased_with_a_date(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(state="ceased", ceased_on__isnull=False)
        | (~Q(state="ceased") & Q(ceased_on__isnull=True)),
        name=name,
    )


class Dated(models.Model):
    """A row of the ledger: true from a day on, until another day, which is the first it is no longer true."""

    starts_on = models.DateField(_("Dal"))
    ends_on = models.DateField(_("Al"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.ends_on is None


def ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name=name
    )
