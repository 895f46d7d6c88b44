"""What a reader may read: registered people read everything that is out, the public what is for everybody."""

from __future__ import annotations

from django.db import models

from portal import clock


class ContentQuerySet(models.QuerySet):
    def for_access(self, access):
        """Published by now and meant for this reader; `access` is None for a visitor."""
        out = self.filter(published=True, published_at__lte=clock.now())
        return out if access is not None else out.filter(audience=self.model.Audience.PUBLIC)


class LegalTextQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(valid_from__lte=clock.now()).order_by("-valid_from", "-version")

    def current(self, slug: str):
        """The text in force; the first one before any is, because people must always find one."""
        versions = self.filter(slug=slug)
        return versions.in_force().first() or versions.order_by("version").first()
