"""Goals of lists and files: G7, G7b, G8, G8b, G9, G11, G12, G13."""

from __future__ import annotations

import csv
import re
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import openpyxl
from django.db import connection
from django.db.models import Sum
from django.http import QueryDict
from django.template import engines
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django_htmx.middleware import HtmxDetails
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice
from rustpy_xlsxwriter import write_worksheet

from lines.models import InventoryTotal, Line
from portal.contracts.access import Access
from portal.lists import (
    Column,
    DateColumn,
    Export,
    IccidColumn,
    LineFinder,
    ListPage,
    MobileColumn,
    PortalTable,
    StateColumn,
    writers,
)
from portal.lists.exporting import export_batches
from portal.lists.listing import Listing
from portal.lists.pages import partial
from portal.lists.writers import Field, Kind
from portal.urls import urlpatterns as portal_urls
from tests import world as people
from tests.load.goals import Contest, Figure, Missing, goal

FOLDER = Path(tempfile.mkdtemp(prefix="bench-lists-"))


# --- Files from rows in memory ------------------------------------------------------------------------------
FIELDS = (
    Field("Numero"),
    Field("One number"),
    Field("ICCID"),
    Field("Profilo tariffario"),
    Field("Stato"),
    Field("Data Attivazione", Kind.DATE),
    Field("Canone €", Kind.NUMBER, places=2),
    Field("Minuti", Kind.NUMBER),
)


def rows(count: int) -> list[tuple]:
    day = date(2025, 1, 1)
    return [
        (
            f"331{i:07d}",
            ("Principale", "Secondaria")[i % 2],
            f"893901000{i:010d}",
            ("PA 8", "RICARICABILE Business VOLTE", "M2M PA 8")[i % 3],
            ("ATTIVO", "SOSPESO", "CESSATO")[i % 3],
            day + timedelta(days=i % 700),
            Decimal(i % 5000) / 100,
            i,
        )
        for i in range(count)
    ]


def ours_xlsx(data):
    def write():
        writers.write("xlsx", FOLDER / "ours.xlsx", FIELDS, data)
        return FOLDER / "ours.xlsx"

    return write


def openpyxl_xlsx(data):
    def write():
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append([field.header for field in FIELDS])
        for row in data:
            sheet.append(row)
        book.save(FOLDER / "reference.xlsx")
        return FOLDER / "reference.xlsx"

    return write


def plain_rust_xlsx(data):
    headers = [field.header for field in FIELDS]

    def write():
        records = (dict(zip(headers, row, strict=True)) for row in data)
        write_worksheet(records, str(FOLDER / "reference.xlsx"))
        return FOLDER / "reference.xlsx"

    return write


def same_cells(one: Path, other: Path) -> bool:
    """Every hundredth row, the first and the last, cell by cell."""
    return _sample(one) == _sample(other)


def _sample(path: Path) -> list:
    sheet = openpyxl.load_workbook(path, read_only=True).active
    found = [row for n, row in enumerate(sheet.iter_rows(values_only=True)) if n % 100 in (0, 1)]
    return [len(found), [[_as_float(cell) for cell in row] for row in found]]


def _as_float(cell):
    return float(cell) if isinstance(cell, int | float) else cell


@goal("G7", "XLSX, 100,000 rows of 8 columns", limit=0.20, reference="openpyxl, write only", memory_mb=16)
def xlsx_against_openpyxl(scale):
    data = rows(scale.size(100_000))
    return Contest(ours=ours_xlsx(data), reference=openpyxl_xlsx(data), same=same_cells)


@goal("G7b", "the same against the engine bare", limit=1.4, reference="rustpy-xlsxwriter, dicts")
def xlsx_against_its_engine(scale):
    data = rows(scale.size(100_000))
    return Contest(ours=ours_xlsx(data), reference=plain_rust_xlsx(data), same=same_cells)


@goal("G9", "XLSX of 3,000 traffic events", limit=0.20, reference="openpyxl, write only")
def small_xlsx(scale):
    data = rows(3_000)
    return Contest(ours=ours_xlsx(data), reference=openpyxl_xlsx(data), same=same_cells, repeat=3)


# --- Lists and files from the database ----------------------------------------------------------------------
class BenchTable(PortalTable):
    number = MobileColumn("Numero")
    iccid = IccidColumn("ICCID")
    billing_type = Column("Tipo", orderable=False)
    plan = Column("Profilo tariffario", accessor="plan__name", orderable=False)
    holder_last_name = Column("Cognome", orderable=False)
    activated_on = DateColumn("Data Attivazione")
    ceased_on = DateColumn("Data cessazione", orderable=False)
    state = StateColumn("Stato")


class BenchLines(ListPage):
    function = "7.2.2.1"
    queryset = Line.objects.select_related("plan")
    table = BenchTable
    search = LineFinder(number="number", iccid="iccid")
    default_order = ("number",)
    export = Export("ConsistenzaDettaglioLinee")

    def fast_count(self, queryset, unfiltered):
        if not unfiltered:
            return None
        totals = InventoryTotal.objects.filter(contract=self.access.contract, subject="line")
        return totals.aggregate(n=Sum("count"))["n"]


urlpatterns = [path("misura/", BenchLines.as_view()), *portal_urls]


@cache
def the_world() -> SimpleNamespace:
    return people.make()


@cache
def filled(size: int) -> SimpleNamespace:
    """`size` lines, of which a tenth are of contract A1, scattered over the table; and a small twin of the table."""
    world = the_world()
    plan = people.plan()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE lines_line CASCADE")
        cursor.execute(_FILL.format(table="lines_line"), _values(world, plan, size))
        cursor.execute("CREATE SCHEMA IF NOT EXISTS small")
        cursor.execute("DROP TABLE IF EXISTS small.lines_line")
        cursor.execute("CREATE TABLE small.lines_line (LIKE public.lines_line INCLUDING ALL)")
        # The whole of the small table is one contract's, as large as that contract is there.
        small = max(size // 100, 1000)
        cursor.execute(_FILL.format(table="small.lines_line"), _values(world, plan, small, every=1))
        cursor.execute("VACUUM ANALYZE lines_line")
        cursor.execute("VACUUM ANALYZE small.lines_line")
    return SimpleNamespace(world=world, size=size, own=size // 10, small=small)


_FILL = """
    INSERT INTO {table} (contract_id, number, billing_type, plan_id, state, suspended_by, activated_on, iccid,
        holder_last_name, holder_first_name, holder_tax_code, cost_centre, dual_billing_allowed)
    SELECT CASE WHEN i %% %(every)s = 0 THEN %(own)s ELSE %(other)s END, '3' || lpad(i::text, 9, '0'), 'postpaid',
        %(plan)s, (ARRAY['active', 'frozen'])[1 + i %% 2], '', date '2024-01-01' + (i %% 700),
        '893901000' || lpad(i::text, 10, '0'), 'Rossi', 'Maria', '', '', false
    FROM generate_series(1, %(size)s) AS i
"""


def _values(world, plan, size: int, every: int = 10) -> dict:
    return {"own": world.a1.pk, "other": world.b1.pk, "plan": plan.pk, "size": size, "every": every}


def _browser(person) -> Client:
    client = Client()
    client.force_login(person, backend="portal.accounts.backends.PortalBackend")
    device, _new = StaticDevice.objects.get_or_create(user=person, name="bench")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def _with_total(count: int) -> None:
    contract = the_world().a1
    InventoryTotal.objects.filter(contract=contract).delete()
    InventoryTotal.objects.create(
        contract=contract, subject="line", label="PA 8", state="active", count=count
    )


def _export(data: SimpleNamespace, file_format: str):
    access = Access.load(data.world.roa)

    def write():
        listing = Listing(BenchLines.detached(access), QueryDict())
        table, found = export_batches(listing, "all")
        target = FOLDER / f"lines.{file_format}"
        writers.write_batches(file_format, target, table.fields(), found)
        return target

    return write


def _copy(data: SimpleNamespace):
    listing = Listing(BenchLines.detached(Access.load(data.world.roa)), QueryDict())
    table, _found = export_batches(listing, "all")
    sql, params = listing.ordered.values_list(*table.file_paths).query.sql_with_params()

    def copy():
        target = FOLDER / "copied.csv"
        with (
            connection.cursor() as cursor,
            target.open("wb") as file,
            cursor.copy(f"COPY ({sql}) TO STDOUT CSV", params) as out,
        ):
            for block in out:
                file.write(block)
        return target

    return copy


def _numbers(path: Path) -> list[str]:
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path, read_only=True).active
        return [row[0] for row in sheet.iter_rows(min_row=2, max_col=1, values_only=True)]
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = [row[0] for row in csv.reader(file, delimiter="," if path.name == "copied.csv" else ";")]
    return found if path.name == "copied.csv" else found[1:]


def _same_lines(one: Path, other: Path) -> bool:
    return _numbers(one) == _numbers(other)


NEEDS = Missing("needs PostgreSQL")


@goal(
    "G8", "XLSX of 100,000 lines, the request's path", limit=4.0, reference="COPY … TO STDOUT", memory_mb=16
)
def xlsx_from_the_database(scale):
    if connection.vendor != "postgresql":
        return NEEDS
    data = filled(scale.size(1_000_000))
    return Contest(ours=_export(data, "xlsx"), reference=_copy(data), same=_same_lines)


@goal(
    "G8b", "csv of 100,000 lines, the request's path", limit=2.5, reference="COPY … TO STDOUT", memory_mb=16
)
def csv_from_the_database(scale):
    if connection.vendor != "postgresql":
        return NEEDS
    data = filled(scale.size(1_000_000))
    return Contest(ours=_export(data, "csv"), reference=_copy(data), same=_same_lines)


# --- Pages --------------------------------------------------------------------------------------------------
SORTED = ("number", "-number", "iccid", "activated_on", "-activated_on", "state")


def _list_page(browser: Client, query: dict) -> str:
    with override_settings(ROOT_URLCONF=__name__):
        response = browser.get("/misura/", query)
    return response.content.decode()


def _tour(browser: Client, count: int):
    """First, middle and last page in every order; what is returned says how many rows each page showed."""
    last = -(-count // 10)

    def visit():
        return [
            _list_page(browser, {"ordina": order, "pagina": number}).count("<tr>") - 1
            for order in SORTED
            for number in (1, last // 2, last)
        ]

    return visit


@goal("G11", "a list page of 100,000 lines in a million", limit=1.5, reference="10,000 lines in 10,000")
def large_list(scale):
    if connection.vendor != "postgresql":
        return NEEDS
    data = filled(scale.size(1_000_000))
    browser = _browser(data.world.roa)
    large, small = _tour(browser, data.own), _tour(browser, data.small)

    def on_the_small_table():
        with connection.cursor() as cursor:
            cursor.execute("SET search_path TO small, public")
        try:
            _with_total(data.small)
            return small()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET search_path TO public")

    def on_the_large_table():
        _with_total(data.own)
        return large()

    return Contest(
        ours=on_the_large_table,
        reference=on_the_small_table,
        same=lambda one, other: len(one) == len(other) == 18 and set(one) == set(other) == {10},
        note="first, middle and last page in six orders",
    )


PLAIN = """{% for line in lines %}<tr>
  <td data-label="Numero">{{ line.number }}</td><td data-label="ICCID">{{ line.iccid }}</td>
  <td data-label="Tipo">{{ line.get_billing_type_display }}</td>
  <td data-label="Profilo">{{ line.plan.name }}</td><td data-label="Cognome">{{ line.holder_last_name }}</td>
  <td data-label="Attivazione">{{ line.activated_on|date:"d/m/Y" }}</td>
  <td data-label="Cessazione">{% if line.ceased_on %}{{ line.ceased_on|date:"d/m/Y" }}{% endif %}</td>
  <td data-label="Stato">{{ line.get_state_display }}</td></tr>{% endfor %}"""


@goal("G12", "a list page of 100 rows, the list itself", limit=1.5, reference="a plain template loop")
def hundred_rows(scale):
    world = the_world()
    _lines_of(world, 200)
    access = Access.load(world.roa)
    template = engines["django"].from_string(PLAIN)
    request = RequestFactory().get(
        "/misura/", {"righe": "100"}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="list"
    )
    request.htmx, request.access, request.user = HtmxDetails(request), access, world.roa
    _with_total(access.contract.lines.count())

    def ours():
        page = BenchLines.detached(access)
        page.request = request
        listing = Listing(page, request.GET, path="/misura/")
        return partial(request, listing).content.decode()

    def plain():
        lines = Line.objects.for_access(access).select_related("plan").order_by("number", "pk")
        lines.count()
        return template.render({"lines": lines[:100]})

    return Contest(ours=ours, reference=plain, same=_same_rows, repeat=5)


def _same_rows(one: str, other: str) -> bool:
    return _bodies(one) == _bodies(other) == 100


def _bodies(markup: str) -> int:
    return len(re.findall(r"<tr>\s*<td", markup))


def _lines_of(world, count: int) -> None:
    if Line.objects.filter(contract=world.a1).count() < count:
        plan = people.plan()
        Line.objects.bulk_create(
            Line(contract=world.a1, plan=plan, number=f"35{i:08d}", billing_type="postpaid")
            for i in range(count)
        )


@goal("G13", "statements of a list page, at most 8, equal at 10 and 100 rows", limit=1.0, reference="8")
def statements(scale):
    world = the_world()
    _lines_of(world, 200)
    _with_total(200)
    browser = _browser(world.roa)
    counted = [_statements(browser, rows) for rows in (10, 100)]
    grows = counted[0] != counted[1]
    return Figure(99.0 if grows else counted[0] / 8, f"{counted[0]} and {counted[1]}")


def _statements(browser: Client, size: int) -> int:
    _list_page(browser, {"righe": size})
    with CaptureQueriesContext(connection) as queries:
        assert _list_page(browser, {"righe": size}).count("<tr>") == size + 1
    return sum(not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for q in queries)
