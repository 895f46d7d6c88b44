"""The queue at a glance, for the first page of the console."""

from __future__ import annotations

from django import template

from portal.operations.models import ServiceRequest

register = template.Library()


@register.simple_tag
def desk_figures(user) -> dict[str, int] | None:
    """Nothing for who may not see the queue."""
    may_see = user.has_perm("operations.view_servicerequest")
    return ServiceRequest.objects.desk_figures(user) if may_see else None
