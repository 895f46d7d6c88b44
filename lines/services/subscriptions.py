"""Services on lines (STS) and on contracts (SAC), and TIM TUO."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from lines import inventory
from lines.models import ContractService, DualBilling, Line, LineService, LineState
from lines.services.holders import Person
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record, record_many
from portal.contracts.models import Contract

STARTED = action("lines.service.started", _("Servizio attivato sulla linea"))
ENDED = action("lines.service.ended", _("Servizio cessato sulla linea"))
CONTRACT_STARTED = action("lines.contract_service.started", _("Servizio attivato sul contratto"))
CONTRACT_ENDED = action("lines.contract_service.ended", _("Servizio cessato sul contratto"))
ALLOWED = action("lines.dual_billing.allowed", _("Abilitazione a TIM TUO modificata"))
DUAL_STARTED = action("lines.dual_billing.started", _("TIM TUO attivato"))
DUAL_ENDED = action("lines.dual_billing.ended", _("TIM TUO cessato"))


def start(
    *,
    lines: Collection[int],
    code: str,
    description: str,
    detail: str = "",
    organization_share: int = 100,
    fee: Decimal = Decimal(0),
    on: date | None = None,
    actor=None,
) -> set[int]:
    """Put a service on living lines that do not have it. Returns the lines that got it."""
    with inventory.changing(lines=lines):
        have = LineService.objects.living().filter(line__in=lines, kind="service", code=code, detail=detail)
        targets = list(
            Line.objects.living()
            .filter(pk__in=lines)
            .exclude(pk__in=have.values("line"))
            .select_related("contract")
            .order_by("pk")
        )
        LineService.objects.bulk_create(
            [
                LineService(
                    contract_id=line.contract_id,
                    line=line,
                    number=line.number,
                    code=code,
                    description=description,
                    detail=detail,
                    organization_share=organization_share,
                    fee=fee,
                    activated_on=on or clock.today(),
                )
                for line in targets
            ],
            batch_size=1_000,
        )
        record_many(STARTED, [_entry(line, actor, {"service": ["", description]}) for line in targets])
    return {line.pk for line in targets}


def end(
    *, lines: Collection[int], code: str, detail: str | None = None, on: date | None = None, actor=None
) -> set[int]:
    """Take a service off the lines that have it. Without `detail`, every service of that code."""
    with inventory.changing(lines=lines):
        rows = LineService.objects.living().filter(line__in=lines, kind="service", code=code)
        if detail is not None:
            rows = rows.filter(detail=detail)
        ended = list(rows.select_related("line__contract").order_by("pk"))
        LineService.objects.filter(pk__in=[row.pk for row in ended]).update(
            state=LineState.CEASED, ceased_on=on or clock.today()
        )
        record_many(ENDED, [_entry(row.line, actor, {"service": [row.description, ""]}) for row in ended])
    return {row.line_id for row in ended}


def start_on_contract(
    *, contract: Contract, code: str, description: str, on: date | None = None, actor=None
) -> bool:
    with inventory.changing(contracts=[contract.pk]):
        if contract.services.exclude(state=LineState.CEASED).filter(code=code).exists():
            return False
        service = ContractService.objects.create(
            contract=contract, code=code, description=description, activated_on=on or clock.today()
        )
        record(CONTRACT_STARTED, contract=contract, obj=service, actor=actor)
    return True


def end_on_contract(*, contract: Contract, code: str, on: date | None = None, actor=None) -> bool:
    with inventory.changing(contracts=[contract.pk]):
        service = contract.services.exclude(state=LineState.CEASED).filter(code=code).first()
        if service is None:
            return False
        service.state, service.ceased_on = LineState.CEASED, on or clock.today()
        service.save(update_fields=("state", "ceased_on"))
        record(CONTRACT_ENDED, contract=contract, obj=service, actor=actor)
    return True


def allow_dual_billing(*, lines: Collection[int], allowed: bool, actor=None) -> set[int]:
    """The employer's Si or No on living lines. Which lines may be asked is the operation's rule, not this one's."""
    with inventory.changing(lines=lines):
        changed = list(
            Line.objects.living()
            .filter(pk__in=lines, dual_billing_allowed=not allowed)
            .select_related("contract")
            .order_by("pk")
        )
        Line.objects.filter(pk__in=[line.pk for line in changed]).update(dual_billing_allowed=allowed)
        words = [_("No"), _("Si")]
        change = {"allowed": [words[not allowed], words[allowed]]}
        record_many(ALLOWED, [_entry(line, actor, change) for line in changed])
    return {line.pk for line in changed}


def start_dual_billing(
    *, line: Line, person: Person, code: str = "", on: date | None = None, actor=None
) -> DualBilling | None:
    """TIM TUO begins for the person on the line; None where it is on already."""
    with inventory.changing(lines=[line.pk]):
        line = Line.objects.select_related("contract").get(pk=line.pk)
        if not line.is_living or line.dual_billings.living().exists():
            return None
        made = DualBilling.objects.create(
            contract=line.contract,
            line=line,
            number=line.number,
            billing_type=line.billing_type,
            code=code,
            last_name=person.last_name,
            first_name=person.first_name,
            tax_code=person.tax_code,
            activated_on=on or clock.today(),
        )
        record(DUAL_STARTED, contract=line.contract, obj=made, line_number=line.number, actor=actor)
    return made


def end_dual_billing(*, lines: Collection[int], on: date | None = None, actor=None) -> set[int]:
    """TIM TUO ends on the lines that have it."""
    with inventory.changing(lines=lines):
        ended = list(
            DualBilling.objects.living()
            .filter(line__in=lines)
            .select_related("line__contract")
            .order_by("pk")
        )
        DualBilling.objects.filter(pk__in=[row.pk for row in ended]).update(
            state=LineState.CEASED, ceased_on=on or clock.today()
        )
        change = {"state": [LineState.ACTIVE.label, LineState.CEASED.label]}
        record_many(DUAL_ENDED, [_entry(row.line, actor, change) for row in ended])
    return {row.line_id for row in ended}


def _entry(line: Line, actor, changes: dict) -> dict:
    return {
        "actor": actor,
        "contract": line.contract,
        "obj": line,
        "line_number": line.number,
        "changes": changes,
    }
