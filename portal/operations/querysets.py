"""The one door to drafts, requests and orders."""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from portal import clock

OPEN_STATES = ("open", "working")
HISTORY, ORDERS, APPROVALS = "7.3.1", "7.3.2", "B2.7.1"


def urgency() -> list:
    """Late ones first, then by priority, by promise, by age."""
    late = Case(When(promised_at__lt=clock.now(), then=Value(0)), default=Value(1))
    return [late, "priority", F("promised_at").asc(nulls_last=True), "opened_at", "pk"]


def _count(rows):
    counted = rows.values("request").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


class DraftQuerySet(models.QuerySet):
    def for_access(self, access):
        """One's own drafts of the contract chosen: a draft begun on another one cannot go on (S-04)."""
        return self.filter(user=access.user, contract=access.contract)


class ServiceRequestQuerySet(models.QuerySet):
    def for_access(self, access):
        """One's own requests (B-07); for who reads the history, the whole contract (S-27); for who may say the
        second yes, those that needed it."""
        mine = Q(filed_by=access.user)
        if access.contract is None:
            return self.filter(mine)
        if access.may(HISTORY):
            return self.filter(mine | Q(contract=access.contract))
        if access.may(APPROVALS):
            return self.filter(mine | (Q(contract=access.contract) & ~Q(approval="none")))
        return self.filter(mine)

    def of_contract(self, access):
        """What the histories show: the contract chosen, to its ROA and to whom the ROA entrusted them."""
        if access.contract is not None and access.may(HISTORY):
            return self.filter(contract=access.contract)
        return self.none()

    def mine(self, access):
        return self.filter(filed_by=access.user)

    def open(self):
        return self.filter(state__in=OPEN_STATES)

    def late(self):
        """Still open past what was promised."""
        return self.open().filter(promised_at__lt=clock.now())

    # --- The desk -----------------------------------------------------------------------------------------
    def queue(self):
        """What customer service has to work: nothing that still waits for the second yes of the customer."""
        return self.open().filter(at_the_desk=True).exclude(approval="waiting")

    def unassigned(self):
        return self.filter(assigned_to=None)

    def by_urgency(self):
        return self.order_by(*urgency())

    def desk_figures(self, user) -> dict[str, int]:
        today, tomorrow = clock.day_bounds(clock.today(), clock.today())
        figures = self.queue().aggregate(
            free=Count("pk", filter=Q(assigned_to=None)),
            mine=Count("pk", filter=Q(assigned_to=user)),
            late=Count("pk", filter=Q(promised_at__lt=clock.now())),
            due=Count("pk", filter=Q(promised_at__gte=clock.now(), promised_at__lt=tomorrow)),
        )
        figures["closed"] = self.filter(at_the_desk=True, closed_at__gte=today).count()
        return figures

    def with_counts(self):
        """`items_total` and `items_waiting`, counted for the rows that are shown and for no others."""
        items = apps.get_model("operations", "RequestItem").objects.filter(request=OuterRef("pk")).order_by()
        return self.annotate(items_total=_count(items), items_waiting=_count(items.filter(state="waiting")))

    # --- The second yes -----------------------------------------------------------------------------------
    def to_approve(self, access):
        """Requests of the contract that needed a second yes, for whoever may give it."""
        if access.contract is None or not access.may(APPROVALS):
            return self.none()
        return self.filter(contract=access.contract).exclude(approval="none")

    def with_progress(self):
        """`items_total`, `items_done`, `items_failed`, `broken` (promise not kept)."""
        return self.annotate(
            items_total=Count("items"),
            items_done=Count("items", filter=Q(items__state="done")),
            items_failed=Count("items", filter=Q(items__state="failed")),
            broken=models.ExpressionWrapper(
                Q(promised_at__lt=Coalesce(F("closed_at"), models.Value(clock.now()))),
                output_field=models.BooleanField(),
            ),
        )


class OrderQuerySet(models.QuerySet):
    def for_access(self, access):
        if access.contract is not None and access.may(ORDERS):
            return self.filter(contract=access.contract)
        return self.none()


class ApprovalRuleQuerySet(models.QuerySet):
    def for_access(self, access):
        return self.filter(contract=access.contract) if access.contract else self.none()
