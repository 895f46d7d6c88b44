"""Filing: from a draft to requests and orders, exactly once."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from portal.operations.declare import Filing, Flow, Item, Refusal, flow_of, operation_of
from portal.operations.models import Draft, Order, RequestItem, ServiceRequest, StateChange
from portal.operations.promises import promised_at
from portal.operations.services import approvals, documents
from portal.operations.services.drafts import DraftGone
from portal.operations.services.fulfilment import is_for_the_desk, start
from portal.operations.services.items import AlreadyOpen, store_items

__all__ = ["AlreadyOpen", "Changed", "GateClosed", "NothingFailed", "file", "retry", "start", "submit"]

FILED = action("operations.request.filed", gettext_lazy("Pratica inviata"))


class GateClosed(Refusal):
    """Not every document has been downloaded since the draft last changed."""


class Changed(Refusal):
    """The draft is not any more what the person was looking at."""


def submit(*, draft: Draft, access, notify: str = "") -> list[ServiceRequest]:
    """File what the draft asks for. A second submit of the same draft returns what the first one filed."""
    flow = flow_of(draft, access)
    try:
        with transaction.atomic():
            return _submit_once(draft, flow, notify)
    except IntegrityError:
        # Two drafts raced for one object: the other one was faster, and the check now finds it.
        with transaction.atomic():
            return _submit_once(draft, flow, notify)


def _submit_once(draft: Draft, flow: Flow, notify: str) -> list[ServiceRequest]:
    taken = Draft.objects.filter(pk=draft.pk, state=Draft.State.OPEN, revision=draft.revision).update(
        state=Draft.State.SUBMITTED, changed_at=clock.now()
    )
    if not taken:
        return _outcome_of(draft)
    if flow.missing_documents():
        raise GateClosed(_("Scarica tutti i documenti prima di inviare."))
    filed = [
        file(filing, contract=draft.contract, filed_by=draft.user, draft=draft, notify=notify)
        for filing in flow.filings()
    ]
    if not filed:
        raise Refusal(_("Non c'è nulla da inviare."))
    documents.keep_with(flow, filed)
    return filed


def _outcome_of(draft: Draft) -> list[ServiceRequest]:
    filed = list(ServiceRequest.objects.filter(draft=draft).order_by("pk"))
    if filed:
        return filed
    if Draft.objects.filter(pk=draft.pk, state=Draft.State.OPEN).exists():
        raise Changed(_("I dati sono cambiati in un'altra scheda: controllali di nuovo."))
    raise DraftGone


@transaction.atomic
def file(
    filing: Filing,
    *,
    contract,
    filed_by,
    draft: Draft | None = None,
    channel: str = "CONSIP8",
    notify: str = "",
    retry_of: ServiceRequest | None = None,
    at_the_desk: bool = False,
) -> ServiceRequest:
    """Store one request with its items and, where the appendix says so, its order; then ring the fulfiller.

    `at_the_desk` leaves this one to customer service, also where its kind is worked by the fulfiller.
    """
    operation = filing.operation
    request = _with_number(
        lambda: ServiceRequest.objects.create(
            number=f"7-{_eleven_digits()}",
            kind=operation.kind,
            label=operation.label,
            contract=contract,
            filed_by=filed_by,
            draft=draft,
            source_channel=channel,
            values=filing.values,
            promised_at=promised_at(clock.now(), operation.promise),
            at_the_desk=at_the_desk or is_for_the_desk(operation),
            priority=operation.priority,
            notify=notify,
            retry_of=retry_of,
        )
    )
    count, line_number = store_items(request, filing.items, holds=operation.one_at_a_time)
    if line_number:
        request.line_number = line_number
        request.save(update_fields=["line_number"])
    StateChange.objects.create(request=request, to_state=request.state, actor=filed_by)
    if operation.with_order:
        _with_number(
            lambda: Order.objects.create(number=_eleven_digits(), request=request, contract=contract)
        )
    record(
        FILED,
        contract=contract,
        obj=request,
        line_number=request.line_number,
        actor=filed_by,
        note=f"{operation.label} ({count})",
    )
    operation().filed(request)
    if not approvals.ask(request, rows=count):
        start(request)
    return request


def _eleven_digits() -> str:
    return f"{secrets.randbelow(10**11):011d}"


def _with_number(create):
    """Numbers are drawn, not counted, so that one tells nothing of another; a clash draws again."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return create()
        except IntegrityError:
            continue
    return create()


# --- Again ------------------------------------------------------------------------------------------------------
class NothingFailed(Refusal):
    """Every item of the request was worked, or is still to be."""


@transaction.atomic
def retry(*, request: ServiceRequest, access) -> ServiceRequest:
    """File what could not be done once more, as a request of its own, with the papers of the first (2.5)."""
    first = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    failed = first.items.filter(state=RequestItem.State.FAILED)
    if first.is_open or not failed.exists():
        raise NothingFailed(_("Non c'è nulla da riprovare."))
    if again := first.retries.first():
        return again
    items = (
        Item(item.subject_id, item.label, item.line_number, item.values)
        for item in failed.order_by("pk").iterator()
    )
    filing = Filing(type(operation_of(first.kind)), items, first.values)
    made = file(filing, contract=first.contract, filed_by=access.user, notify=first.notify, retry_of=first)
    documents.copy(first, made)
    return made
