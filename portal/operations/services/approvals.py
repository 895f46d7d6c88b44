"""The second yes: asked for when a rule of the contract says so, given once, by another human (2.7)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock, functions
from portal.accounts.models import User
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.models import Delegation, Referent
from portal.money import euro
from portal.operations.declare import FLOWS, OPERATIONS, Operation, operation_of
from portal.operations.models import (
    ApprovalRule,
    OrderState,
    RequestState,
    ServiceRequest,
    StateChange,
)
from portal.operations.promises import promised_at
from portal.operations.services import fulfilment, moves
from portal.outbox.services import send_mail

FUNCTION = "B2.7.1"
ASKED = action("operations.approval.asked", gettext_lazy("Approvazione chiesta"))
GIVEN = action("operations.approval.given", gettext_lazy("Richiesta approvata"))
DENIED = action("operations.approval.denied", gettext_lazy("Richiesta respinta"))
WITHDRAWN = action(
    "operations.approval.withdrawn", gettext_lazy("Richiesta ritirata prima dell'approvazione")
)
RULED = action("operations.approval.rule_set", gettext_lazy("Regola di approvazione decisa"))
UNRULED = action("operations.approval.rule_removed", gettext_lazy("Regola di approvazione tolta"))

Approval = ServiceRequest.Approval


class NotAllowed(Exception):
    """This person cannot decide on this request, for a reason a person can read."""


class Decided(Exception):
    """Somebody was faster."""


# --- Rules ------------------------------------------------------------------------------------------------------
def governable() -> list[type[Operation]]:
    """The operations a rule may be about: those of a function the ROA may entrust or use."""
    found = {
        operation.kind: operation
        for flow in FLOWS.values()
        if _is_of_referents(flow.function)
        for operation in flow.operations
    }
    return sorted(found.values(), key=lambda operation: str(operation.title or operation.label))


def _is_of_referents(function_id: str) -> bool:
    return functions.Role.ROA in functions.get(function_id).roles


@transaction.atomic
def set_rule(*, access, kind: str, when: str, limit: Decimal = Decimal(0)) -> ApprovalRule:
    limit = Decimal(0) if when == ApprovalRule.When.ALWAYS else limit
    before = ApprovalRule.objects.for_access(access).filter(kind=kind).first()
    rule, _new = ApprovalRule.objects.update_or_create(
        contract=access.contract, kind=kind, defaults={"when": when, "limit": limit}
    )
    changes = {"rule": [before and words_of(before), words_of(rule)]}
    record(RULED, contract=access.contract, obj=rule, changes=changes, note=title_of(kind))
    return rule


@transaction.atomic
def remove_rule(*, access, rule: ApprovalRule) -> None:
    record(
        UNRULED,
        contract=access.contract,
        obj=rule,
        changes={"rule": [words_of(rule), None]},
        note=title_of(rule.kind),
    )
    ApprovalRule.objects.filter(pk=rule.pk).delete()


def title_of(kind: str) -> str:
    operation = OPERATIONS.get(kind)
    return str(operation.title or operation.label) if operation else kind


def words_of(rule: ApprovalRule) -> str:
    if rule.when == rule.When.LINES:
        return _("Sopra %(count)d righe") % {"count": rule.limit}
    if rule.when == rule.When.AMOUNT:
        return _("Sopra %(amount)s") % {"amount": euro(rule.limit)}
    return str(rule.get_when_display())


# --- Asking -----------------------------------------------------------------------------------------------------
def ask(request: ServiceRequest, *, rows: int) -> bool:
    """Hold the request if a rule wants it; called in the transaction that files it."""
    rule = ApprovalRule.objects.filter(contract=request.contract_id, kind=request.kind).first()
    if rule is None or not rule.asks_for(rows=rows, amount=operation_of(request.kind).amount(request)):
        return False
    ServiceRequest.objects.filter(pk=request.pk).update(approval=Approval.WAITING)
    request.approval = Approval.WAITING
    _write_down(request, "", Approval.WAITING, actor=request.filed_by, note=words_of(rule))
    if order := _order(request):
        moves.move(order, OrderState.FROZEN, note=_("Aspetta l'approvazione"))
    record(ASKED, contract=request.contract, obj=request, actor=request.filed_by, note=words_of(rule))
    for person in approvers(request):
        _tell(person, request)
    return True


def approvers(request: ServiceRequest) -> list[User]:
    """Who could say yes today: the ROA and whoever has the function by delegation, but not who asked."""
    of_contract = {"contract": request.contract_id}
    numbers = Referent.objects.current().filter(**of_contract, role=Referent.Role.MASTER)
    holders = Delegation.objects.current().filter(**of_contract).values_list("user", "functions")
    delegates = [user for user, granted in holders if FUNCTION in granted]
    people = User.objects.filter(is_active=True, closed_at=None).filter(
        Q(mobile_number__in=numbers.values("mobile_number")) | Q(pk__in=delegates)
    )
    return [person for person in people if not is_same_human(person, request.filed_by)]


def deputies(contract) -> list[User]:
    """Who may say yes to what the ROA asks for: people with the function by delegation today."""
    holders = Delegation.objects.current().filter(contract=contract).select_related("user")
    return [one.user for one in holders if FUNCTION in one.functions and one.user.is_open]


def is_same_human(one: User, other: User | None) -> bool:
    """The same account, or another account of the same tax code."""
    if other is None:
        return False
    code = one.tax_code.strip().upper()
    return one.pk == other.pk or bool(code and code == other.tax_code.strip().upper())


def _tell(person: User, request: ServiceRequest) -> None:
    send_mail(
        to=person.email,
        template="approval_asked",
        context={
            "person": person,
            "request": request,
            "link": settings.PORTAL_URL + reverse("operations:approval", args=[request.number]),
        },
        kind="approval-asked",
        key=f"approval-asked:{request.number}:{person.pk}",
        user=person,
        contract_number=request.contract.number,
    )


def waiting_for(access) -> int:
    """How many this very person may decide on."""
    waiting = ServiceRequest.objects.to_approve(access).filter(approval=Approval.WAITING)
    code = access.user.tax_code.strip()
    own = Q(filed_by=access.user) | (Q(filed_by__tax_code__iexact=code) if code else Q())
    return waiting.exclude(own).count()


# --- Deciding ---------------------------------------------------------------------------------------------------
@transaction.atomic
def approve(*, request: ServiceRequest, access) -> None:
    """The second yes: from here on the request is like any other, and its promise begins."""
    _check(request, access)
    promised = promised_at(clock.now(), operation_of(request.kind).promise)
    _settle(request, Approval.GIVEN, approved_by=access.user, promised_at=promised)
    _write_down(request, Approval.WAITING, Approval.GIVEN, actor=access.user)
    order = _order(request)
    if order is not None and order.state == OrderState.FROZEN:
        moves.move(order, OrderState.WORKING)
    record(GIVEN, contract=request.contract, obj=request, line_number=request.line_number, actor=access.user)
    fulfilment.start(request)


@transaction.atomic
def deny(*, request: ServiceRequest, access, reason: str) -> None:
    _check(request, access)
    _settle(request, Approval.DENIED, approved_by=access.user)
    _write_down(request, Approval.WAITING, Approval.DENIED, actor=access.user, note=reason)
    record(DENIED, contract=request.contract, obj=request, actor=access.user, note=reason)
    fulfilment.refuse(request, reason=reason)


@transaction.atomic
def withdraw(*, request: ServiceRequest, access) -> None:
    """The filer thinks better of it before anybody decided."""
    if request.filed_by_id != access.user.pk:
        raise NotAllowed(_("Solo chi ha inviato la richiesta può ritirarla."))
    reason = _("Ritirata da chi l'ha inviata.")
    _settle(request, Approval.DENIED)
    _write_down(request, Approval.WAITING, Approval.DENIED, actor=access.user, note=reason)
    record(WITHDRAWN, contract=request.contract, obj=request, actor=access.user)
    fulfilment.refuse(request, reason=reason)


def _check(request: ServiceRequest, access) -> None:
    if not access.may(FUNCTION) or access.contract is None or request.contract_id != access.contract.pk:
        raise NotAllowed(_("Non puoi decidere sulle richieste di questo contratto."))
    if is_same_human(access.user, request.filed_by):
        raise NotAllowed(_("Chi ha inviato la richiesta non può approvarla: serve una seconda persona."))


def _settle(request: ServiceRequest, approval: str, **values) -> None:
    """One conditional update: of two who decide at once, the second finds nothing to decide."""
    waiting = ServiceRequest.objects.filter(pk=request.pk, approval=Approval.WAITING, state=RequestState.OPEN)
    if not waiting.update(approval=approval, **values):
        raise Decided(_("Su questa richiesta è già stato deciso."))
    request.refresh_from_db()


def _write_down(request: ServiceRequest, before: str, after: str, *, actor, note: str = "") -> None:
    StateChange.objects.create(
        request=request,
        about=StateChange.About.APPROVAL,
        from_state=before,
        to_state=after,
        actor=actor,
        note=note[:300],
    )


def _order(request: ServiceRequest):
    return getattr(request, "order", None)
