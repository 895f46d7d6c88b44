"""Is this number a line of the agreement? The ground asks through a dotted path, never by importing upwards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from portal.contracts.models import Referent

POSTPAID, PREPAID = "postpaid", "prepaid"


@dataclass(frozen=True, slots=True)
class LineInfo:
    """What the ground needs to know of a line."""

    id: int
    number: str
    contract_id: int
    organization_id: int
    organization_tax_code: str
    billing_type: str  # POSTPAID or PREPAID
    state: str
    ceased: bool
    dual_billing: bool = False  # TIM TUO active


class Directory(Protocol):
    def find(self, number: str) -> LineInfo | None:
        """The line that has this number today, ceased ones included; None for a foreign number."""


@cache
def _directory(path: str) -> Directory:
    return import_string(path)()


def line_of(number: str) -> LineInfo | None:
    """The living line with this number, or None."""
    line = _directory(settings.LINE_DIRECTORY).find(number) if number else None
    return None if line is None or line.ceased else line


def organization_of(number: str) -> tuple[int, str] | None:
    """(id, tax code) of the organization this number speaks for: holder of the line, or employer of the referent."""
    line = line_of(number)
    if line is not None:
        return line.organization_id, line.organization_tax_code
    return (
        Referent.objects.current()
        .filter(mobile_number=number)
        .values_list("contract__organization_id", "contract__organization__tax_code")
        .first()
    )


def is_known(number: str) -> bool:
    """May this number register and enter? A living line, or a number recorded for a referent."""
    return organization_of(number) is not None
