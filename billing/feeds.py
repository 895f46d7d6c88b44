"""Kinds of file about money and traffic."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import invoice_feed
from billing.models import Allowance
from billing.traffic.columns import COLUMNS, KINDS
from billing.traffic.loading import TrafficLoading
from lines.models import TariffPlan
from portal.contracts.feeds.columns import Column, Unreadable, choice, text
from portal.contracts.feeds.registry import Feed, register
from portal.contracts.feeds.rows import Candidate, ModelFeed

__all__ = ["AllowanceFeed", "TrafficFeed", "invoice_feed"]


def whole_number(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", cell, re.ASCII) or not int(cell):
        raise Unreadable(gettext_lazy("scrivi un numero intero sopra lo zero."))
    return int(cell)


@register
class TrafficFeed(Feed):
    kind, label, order = "traffic", gettext_lazy("Traffico"), 110
    columns = COLUMNS
    whole_file = TrafficLoading


@register
class AllowanceFeed(ModelFeed):
    """What the plans include, for the bundles of every line that has them."""

    kind, label, order = "allowances", gettext_lazy("Traffico incluso nei profili"), 45
    model = Allowance
    columns = (
        Column("profilo", text(40), needed=True),
        Column("categoria", choice(KINDS), needed=True),
        Column(
            "area",
            choice({"Nazionale e UE": Allowance.Area.HOME, "Roaming": Allowance.Area.ROAMING}),
            needed=True,
        ),
        Column("quantita", whole_number, needed=True),
    )

    def resolve(self, rows, outcome):
        plans = dict(TariffPlan.objects.values_list("code", "pk"))
        found = []
        for row in rows:
            plan = plans.get(row.values["profilo"])
            if plan is None:
                outcome.reject(row, _("Il profilo tariffario non esiste."))
                continue
            kind, area = row.values["categoria"], row.values["area"]
            attrs = {
                "plan_id": plan,
                "kind": int(kind),
                "area": str(area),
                "quantity": row.values["quantita"],
            }
            found.append(Candidate(row, attrs))
        return found

    def identity(self, attrs):
        return attrs["plan_id"], attrs["kind"], attrs["area"]

    def existing(self, candidates):
        return Allowance.objects.filter(plan__in=[one.attrs["plan_id"] for one in candidates])
