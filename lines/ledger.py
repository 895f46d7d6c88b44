"""Reads the dated ledger: what a person had, and has, of the contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from lines.models import DeviceAssignment, Holding, SimAssignment


@dataclass(frozen=True, slots=True)
class Assigned:
    """Everything of one person, newest first. SIMs are those that were on the person's lines meanwhile."""

    lines: QuerySet[Holding]
    sims: QuerySet[SimAssignment]
    devices: QuerySet[DeviceAssignment]


def assigned_to(access, tax_code: str, *, on: date | None = None) -> Assigned:
    """What the access may see of it; with `on`, only what was true on that day."""
    lines = Holding.objects.for_access(access).filter(tax_code=tax_code)
    devices = DeviceAssignment.objects.for_access(access).filter(tax_code=tax_code)
    sims = SimAssignment.objects.for_access(access)
    if on is None:
        sims = sims.filter(_while_held_by(tax_code))
    else:
        lines, devices = true_on(lines, on), true_on(devices, on)
        sims = true_on(sims, on).filter(line__in=lines.values("line"))
    return Assigned(
        lines.select_related("line"),
        sims.select_related("sim", "line"),
        devices.select_related("device", "line"),
    )


def true_on(rows: QuerySet, day: date) -> QuerySet:
    """Entries that speak of the day: they had begun and had not ended."""
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)


def _while_held_by(tax_code: str) -> Q:
    """The card was on the line on some day on which the person held the line."""
    held = Holding.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("starts_on")),
        tax_code=tax_code,
        line=OuterRef("line"),
    )
    still_there = Q(Exists(held)) & Q(ends_on__isnull=True)
    return still_there | Q(Exists(held.filter(starts_on__lt=OuterRef("ends_on"))))
