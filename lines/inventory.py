"""Keeps what the inventories read true: rows, plan rows and totals, in the transaction of each change.

Every service that changes lines, SIMs, services or devices does so inside `changing(...)`:

    with inventory.changing(lines=ids) as touched:
        ...                        # any change to these lines and to what hangs on them
        touched.lines.update(new)  # lines born inside the block

Totals move by differences, so that concurrent changes to other lines of the contract add up; the lines
themselves are locked, so that two changes to one line wait for each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery

from lines.models import (
    ContractService,
    DeviceService,
    DualBilling,
    InventoryRow,
    InventoryTotal,
    Line,
    LineService,
    LineState,
    SimCard,
)
from portal import clock

CHUNK = 5_000  # ids in one statement
SECONDARY_PLAN = "ONE NUMBER"  # what the row of a secondary card shows as its plan

_Subject = InventoryTotal.Subject


@dataclass(frozen=True, slots=True)
class _Counted:
    """What an aggregate page counts, and by what."""

    model: type
    scope: str  # attribute of `Touched` that holds the ids
    key: str  # column those ids stand in
    label: str = ""
    detail: str = ""
    where: Q = field(default_factory=Q)


COUNTED: dict[str, _Counted] = {
    _Subject.LINES: _Counted(InventoryRow, "lines", "line_id", "plan_name"),
    _Subject.LINE_SERVICES: _Counted(LineService, "lines", "line_id", "description"),
    _Subject.DUAL_POSTPAID: _Counted(DualBilling, "lines", "line_id", where=Q(billing_type="postpaid")),
    _Subject.DUAL_PREPAID: _Counted(DualBilling, "lines", "line_id", where=Q(billing_type="prepaid")),
    _Subject.DEVICE_SERVICES: _Counted(DeviceService, "devices", "device_id", "nmu_code", "kind"),
    _Subject.CONTRACT_SERVICES: _Counted(ContractService, "contracts", "contract_id", "description"),
}


@dataclass
class Touched:
    """Ids of what a block of changes touches; the block adds what it creates."""

    lines: set[int] = field(default_factory=set)
    devices: set[int] = field(default_factory=set)
    contracts: set[int] = field(default_factory=set)  # whose contract services change


_open: ContextVar[bool] = ContextVar("inventory_open", default=False)


@contextmanager
def changing(
    *, lines: Collection[int] = (), devices: Collection[int] = (), contracts: Collection[int] = ()
) -> Iterator[Touched]:
    """Within the block the given objects may change; at its end rows and totals are true again."""
    if _open.get():
        raise RuntimeError("changes to the inventory do not nest: the totals would count twice")
    token = _open.set(True)
    try:
        with transaction.atomic():
            touched = Touched(set(lines), set(devices), set(contracts))
            lock(touched.lines)
            before = _count(touched)
            yield touched
            for ids in chunks(touched.lines):
                _keep(_of_lines(ids))
            after = _count(touched)
            after.subtract(before)
            _add(after)
    finally:
        _open.reset(token)


def refresh(lines: Collection[int]) -> None:
    """Make rows and totals of these lines true again, after a change made by other means."""
    with changing(lines=lines):
        pass


def rebuild(contract_ids: Collection[int]) -> None:
    """Everything of these contracts from the tables of origin: for repairs and for large first loads."""
    for contract_id in sorted(contract_ids):
        with transaction.atomic():
            InventoryTotal.objects.filter(contract=contract_id).delete()
            InventoryRow.objects.filter(contract=contract_id).delete()
            lock(Line.objects.filter(contract=contract_id).values_list("pk", flat=True))
            _keep(_of_contract(contract_id))
            _add(count_contract(contract_id))


def fill() -> None:
    """The first rows and totals of an inventory that has none yet, in a few statements whatever its size."""
    everything = "l.id IS NOT NULL"
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ROWS.format(which=everything), [SECONDARY_PLAN])
        cursor.execute(_INSERT_PLANS.format(which=everything))
    for subject, counted in COUNTED.items():
        _add(_groups(subject, counted, Q()))


def count_contract(contract_id: int) -> Counter:
    """The totals of a contract counted afresh, as `InventoryTotal` should have them."""
    found: Counter = Counter()
    for subject, counted in COUNTED.items():
        found.update(_groups(subject, counted, Q(contract=contract_id)))
    return found


def stored_totals(contract_id: int) -> Counter:
    rows = InventoryTotal.objects.filter(contract=contract_id, count__gt=0)
    keys = ("contract_id", "subject", "label", "detail", "state")
    return Counter({tuple(row[key] for key in keys): row["count"] for row in rows.values(*keys, "count")})


def chunks(ids: Collection[int], size: int = CHUNK) -> Iterator[list[int]]:
    """Sorted, so that everybody locks in one order."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


# --- Rows -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Which:
    """Some lines, said in three ways."""

    sql: str
    params: list
    lines: Q
    rows: Q  # of what hangs on them


def _of_lines(ids: list[int]) -> _Which:
    places = ", ".join(["%s"] * len(ids))
    return _Which(f"l.id IN ({places})", ids, Q(pk__in=ids), Q(line__in=ids))


def _of_contract(contract_id: int) -> _Which:
    return _Which("l.contract_id = %s", [contract_id], Q(contract=contract_id), Q(line__contract=contract_id))


def _keep(which: _Which) -> None:
    _keep_main_iccid(which)
    _keep_rows(which)
    _keep_plan_services(which)


def lock(lines: Collection[int]) -> None:
    """Nobody else changes these lines until the end of the transaction."""
    for ids in chunks(lines):
        list(Line.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _keep_main_iccid(which: _Which) -> None:
    main = SimCard.objects.filter(line=OuterRef("pk"), role=SimCard.Role.MAIN).values("iccid")
    lines = Line.objects.filter(which.lines).annotate(main=Subquery(main))
    lines.exclude(iccid=F("main")).filter(main__isnull=False).update(iccid=Subquery(main))
    lines.filter(main__isnull=True).exclude(iccid="").update(iccid="")


_INSERT_ROWS = """
INSERT INTO lines_inventoryrow (contract_id, line_id, sim_id, number, role, iccid, plan_name, billing_type,
    activated_on, ceased_on, state, holder_name)
SELECT l.contract_id, l.id, s.id, l.number,
    CASE WHEN EXISTS (SELECT 1 FROM lines_simcard o WHERE o.line_id = l.id AND o.role = 'secondary')
        THEN COALESCE(s.role, '') ELSE '' END,
    COALESCE(s.iccid, ''),
    CASE WHEN s.role = 'secondary' THEN %s ELSE p.name END,
    l.billing_type,
    CASE WHEN s.role = 'secondary' THEN s.activated_on ELSE l.activated_on END,
    CASE WHEN s.role = 'secondary' THEN s.ceased_on ELSE l.ceased_on END,
    CASE WHEN s.role = 'secondary' THEN s.state ELSE l.state END,
    TRIM(l.holder_last_name || ' ' || l.holder_first_name)
FROM lines_line l
JOIN lines_tariffplan p ON p.id = l.plan_id
LEFT JOIN lines_simcard s ON s.line_id = l.id
WHERE {which}
ORDER BY l.id, s.role, s.id
"""


def _keep_rows(which: _Which) -> None:
    InventoryRow.objects.filter(which.rows).delete()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ROWS.format(which=which.sql), [SECONDARY_PLAN, *which.params])


_INSERT_PLANS = """
INSERT INTO lines_lineservice (contract_id, line_id, number, kind, code, description, detail, state,
    activated_on, ceased_on, organization_share, fee)
SELECT l.contract_id, l.id, l.number, 'plan', p.code, p.name, '', l.state, l.activated_on, l.ceased_on, 100,
    p.monthly_fee
FROM lines_line l
JOIN lines_tariffplan p ON p.id = l.plan_id
WHERE {which} AND NOT EXISTS (
    SELECT 1 FROM lines_lineservice s
    WHERE s.line_id = l.id AND s.kind = 'plan' AND s.code = p.code
        AND (s.state <> 'ceased' OR l.state = 'ceased'))
"""


def _keep_plan_services(which: _Which) -> None:
    """The tariff plan of a line is counted among its services (7.2.1/R1): one row for each plan it had."""
    line = Line.objects.filter(pk=OuterRef("line_id"))
    rows = LineService.objects.filter(which.rows, kind=LineService.Kind.PLAN)
    rows.living().exclude(code=F("line__plan__code")).update(state=LineState.CEASED, ceased_on=clock.today())
    rows.living().filter(code=F("line__plan__code")).exclude(
        contract=F("line__contract"), state=F("line__state"), activated_on=F("line__activated_on")
    ).update(
        contract=Subquery(line.values("contract")),
        state=Subquery(line.values("state")),
        activated_on=Subquery(line.values("activated_on")),
        ceased_on=Subquery(line.values("ceased_on")),
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_PLANS.format(which=which.sql), which.params)


# --- Totals ---------------------------------------------------------------------------------------------------
def _count(touched: Touched) -> Counter:
    found: Counter = Counter()
    for subject, counted in COUNTED.items():
        for ids in chunks(getattr(touched, counted.scope)):
            found.update(_groups(subject, counted, Q(**{f"{counted.key}__in": ids})))
    return found


def _groups(subject: str, counted: _Counted, which: Q) -> Counter:
    by = [column for column in ("contract_id", counted.label, counted.detail, "state") if column]
    rows = counted.model.objects.filter(which, counted.where).order_by().values(*by).annotate(n=Count("pk"))
    return Counter(
        {
            (
                row["contract_id"],
                str(subject),
                row[counted.label] if counted.label else "",
                row[counted.detail] if counted.detail else "",
                row["state"],
            ): row["n"]
            for row in rows
        }
    )


_UPSERT = """
INSERT INTO lines_inventorytotal (contract_id, subject, label, detail, state, count) VALUES {rows}
ON CONFLICT (contract_id, subject, label, detail, state)
DO UPDATE SET count = lines_inventorytotal.count + EXCLUDED.count
"""


def _add(differences: Counter) -> None:
    """In the order of the keys, so that two transactions never wait for each other in a circle."""
    changed = sorted((*key, difference) for key, difference in differences.items() if difference)
    for start in range(0, len(changed), 500):
        some = changed[start : start + 500]
        places = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT.format(rows=places), [value for row in some for value in row])
