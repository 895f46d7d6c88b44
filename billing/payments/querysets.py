"""The one door to payments and saved methods: a person's own, and nobody else's."""

from __future__ import annotations

from django.db.models import QuerySet


class OwnedQuerySet(QuerySet):
    def for_access(self, access):
        return self.filter(user=access.user)


class PaymentQuerySet(OwnedQuerySet):
    def waiting(self):
        """Sent to the provider, and nothing final heard of them yet."""
        return self.filter(state="waiting")


class MethodQuerySet(OwnedQuerySet):
    def living(self):
        return self.filter(removed_at=None)
