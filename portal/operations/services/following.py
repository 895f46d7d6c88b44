"""What the filer may still decide about a request on its way."""

from __future__ import annotations

from portal.operations.declare import FLOWS, OPERATIONS, operation_of
from portal.operations.models import RequestItem, ServiceRequest


def notify(*, request: ServiceRequest, how: str) -> bool:
    """Be told of the end, by mail or SMS, or not. False when the end has come already."""
    open_one = ServiceRequest.objects.open().filter(pk=request.pk)
    return bool(open_one.update(notify=how))


def reads_private(request: ServiceRequest, user) -> bool:
    """What an employee asked for the own pocket, and why it failed, is read by nobody else of the contract (S-19)."""
    return not operation_of(request.kind).personal or request.filed_by_id == user.pk


def may_retry(request: ServiceRequest, access) -> bool:
    """Failed items, a known operation, and a person who may ask for it on that contract."""
    operation = OPERATIONS.get(request.kind)
    if operation is None or request.is_open or access.contract != request.contract:
        return False
    if operation.personal and request.filed_by_id != access.user.pk:
        return False
    flows = {flow.function for flow in FLOWS.values() if operation in flow.operations}
    allowed = any(access.may(function) for function in flows)
    failed = request.items.filter(state=RequestItem.State.FAILED).exists()
    return allowed and failed and not request.retries.exists()
