"""Is this number a line of the agreement? The ground asks through a dotted path, never by importing upwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from portal.contracts.models import Referent

POSTPAID, PREPAID = "postpaid", "prepaid"
AT_ONCE = 5_000  # numbers named in one statement


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

    def holders(self, numbers: Collection[str]) -> Iterable[tuple[str, int]]:
        """(number, organization) of those that are living lines."""


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


def organizations_of(numbers: Collection[str]) -> dict[str, set[int]]:
    """Number → every organization it works for today: that of its line, and those it is a referent of."""
    found: dict[str, set[int]] = defaultdict(set)
    wanted = sorted(number for number in numbers if number)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        referents = Referent.objects.current().filter(mobile_number__in=some).order_by()
        lines = _directory(settings.LINE_DIRECTORY).holders(some)
        for number, organization in chain(
            lines, referents.values_list("mobile_number", "contract__organization_id")
        ):
            found[number].add(organization)
    return found


def is_known(number: str) -> bool:
    """May this number register and enter? A living line, or a number recorded for a referent."""
    return organization_of(number) is not None
