"""The one door to what help a person may see."""

from __future__ import annotations

from django.db.models import QuerySet


class ContractScoped(QuerySet):
    """Rows of a contract that only its referents may see."""

    def for_access(self, access):
        if access.contract is not None and access.is_referent:
            return self.filter(contract=access.contract)
        return self.none()


class CallBackQuerySet(QuerySet):
    def for_access(self, access):
        """One's own."""
        return self.filter(user=access.user)

    def waiting(self):
        return self.filter(state="waiting")


class ManualQuerySet(QuerySet):
    def for_access(self, access):
        """Of what everybody has, of SMAS, and of the platforms the contract foresees."""
        platforms = access.contract.platforms if access.contract else []
        return self.filter(is_published=True, platform__in=["", "smas", *platforms])


class ServicePointQuerySet(QuerySet):
    def active(self):
        return self.filter(is_active=True)


class TicketQuerySet(ContractScoped):
    def latest_few(self, count: int):
        """The newest ones: what is filtered afterwards is filtered among these."""
        newest = self.order_by("-opened_at", "-pk").values("pk")[:count]
        return self.model.objects.filter(pk__in=newest)

    def open(self):
        return self.exclude(state="closed")


class ChatQuerySet(QuerySet):
    def for_access(self, access):
        """One's own."""
        return self.filter(user=access.user)

    def live(self):
        return self.exclude(state="closed")

    def with_words(self):
        """Closed, and what was said is still here."""
        return self.filter(state="closed", purged_at=None)
