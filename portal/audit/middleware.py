"""Tells the register who acts in this request."""

from __future__ import annotations

import uuid

from structlog.contextvars import get_contextvars

from portal.audit.context import acting
from portal.audit.models import AuditEntry


class ActorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user if request.user.is_authenticated else None
        source = AuditEntry.Source.ADMIN if request.path.startswith("/console/") else AuditEntry.Source.WEB
        # The same id as in the log, so that a line of the register leads to the request and back.
        request_id = get_contextvars().get("request_id") or str(uuid.uuid4())
        with acting(actor=user, source=source, request_id=request_id):
            return self.get_response(request)
