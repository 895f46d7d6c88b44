"""For load balancers and monitors: no words about the inside, only yes or no."""

from __future__ import annotations

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.contracts.views import serves
from portal.site import health


@never_cache
@require_safe
@serves("health")
def alive(request):
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
@serves("health")
def ready(request):
    """For the load balancer: 503 only where no page could open; the rest is told in words."""
    checks = health.checks()
    return _answer(checks, health.can_serve(checks))


@never_cache
@require_safe
@serves("health")
def working(request):
    """For the monitor that calls people: 503 as soon as any part is silent."""
    checks = health.checks()
    return _answer(checks, all(checks.values()))


def _answer(checks: dict[str, bool], well: bool) -> JsonResponse:
    status = "ok" if all(checks.values()) else "degraded" if health.can_serve(checks) else "fault"
    return JsonResponse({"status": status, "checks": checks}, status=200 if well else 503)
