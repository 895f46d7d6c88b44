"""Answers the ground floor's question: whose line is this number?"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Case, Exists, F, OuterRef, Value, When

from lines.models import DualBilling, Line, LineState
from portal.contracts.directory import LineInfo

# Columns, not objects: this runs at every request of everybody.
_COLUMNS = (
    "pk", "number", "contract_id", "contract__organization_id", "contract__organization__tax_code",
    "billing_type", "state", "has_dual_billing",
)  # fmt: skip


class LineDirectory:
    def find(self, number: str) -> LineInfo | None:
        """The living line of the number, or the last one that had it. One query: it runs at every request."""
        dual_billing = DualBilling.objects.filter(line=OuterRef("pk"), state=LineState.ACTIVE)
        found = (
            Line.objects.filter(number=number)
            .annotate(has_dual_billing=Exists(dual_billing))
            .order_by(
                Case(When(state=LineState.CEASED, then=Value(1)), default=Value(0)), F("ceased_on").desc()
            )
            .values(*_COLUMNS)
            .first()
        )
        if found is None:
            return None
        return LineInfo(
            id=found["pk"],
            number=found["number"],
            contract_id=found["contract_id"],
            organization_id=found["contract__organization_id"],
            organization_tax_code=found["contract__organization__tax_code"],
            billing_type=found["billing_type"],
            state=found["state"],
            ceased=found["state"] == LineState.CEASED,
            dual_billing=found["has_dual_billing"],
        )

    def holders(self, numbers: Collection[str]) -> Iterable[tuple[str, int]]:
        living = Line.objects.living().filter(number__in=numbers).order_by()
        return living.values_list("number", "contract__organization_id")
