"""Goals of operations: G10, G10b, G10c (summaries), G16, G16b (bulk)."""

from __future__ import annotations

import io
from functools import cache

from django.db import connection, transaction
from pypdf import PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from lines.models import Line
from portal import pdf
from portal.contracts.access import Access
from portal.lists import Column, LineFinder, ListPage, PortalTable
from portal.operations import declare
from portal.operations.declare import Filing, Flow, Operation, Subjects
from portal.operations.models import RequestItem, ServiceRequest
from portal.operations.services import drafts, filing
from portal.operations.steps import LinesStep
from tests.load.bench_lists import the_world
from tests.load.goals import Contest, Figure, Missing, goal, median_time

COLUMNS = (
    pdf.Column("Linea"),
    pdf.Column("ICCID", 1.6),
    pdf.Column("Profilo", 1.8),
    pdf.Column("Stato"),
    pdf.Column("Canone €", right=True),
)


# --- Summaries ----------------------------------------------------------------------------------------------------
def rows(count: int) -> list[tuple[str, ...]]:
    plans = ("PA 8", "RICARICABILE Business VOLTE", "M2M PA 8")
    return [
        (
            f"331{i:07d}",
            f"893901000{i:010d}",
            plans[i % 3],
            "ATTIVO",
            f"{i % 900 / 100:.2f}".replace(".", ","),
        )
        for i in range(count)
    ]


class Listed(pdf.Document):
    title, reference = "Elenco delle linee", "Impronta dei dati 0123456789abcdef"

    def __init__(self, data):
        self.data = data

    def story(self):
        return [pdf.Rows(COLUMNS, self.data)]


def ours(data) -> bytes:
    stream = io.BytesIO()
    Listed(data).write(stream)
    return stream.getvalue()


def bare(data) -> bytes:
    """The same cells, rules and page numbers, drawn with nothing in between."""
    pdf.styles()  # registers the fonts
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    whole = sum(column.weight for column in COLUMNS)
    widths = [pdf.content_width() * column.weight / whole for column in COLUMNS]
    height = pdf.LEADING + 2 * pdf.PADDING
    y = 0.0
    for cells in data:
        if y < pdf.MARGIN + 20:
            if y:
                canvas.showPage()
            y = A4[1] - 90
            canvas.setFont(pdf.BODY, pdf.SIZE)
            canvas.setStrokeColor(pdf.RULE)
            canvas.setLineWidth(0.4)
        x = pdf.MARGIN
        for cell, width, column in zip(cells, widths, COLUMNS, strict=True):
            if column.right:
                canvas.drawRightString(x + width - pdf.PADDING, y, cell)
            else:
                canvas.drawString(x + pdf.PADDING, y, cell)
            x += width
        canvas.line(pdf.MARGIN, y - 4, x, y - 4)
        y -= height
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def same_rows(reference: bytes, made: bytes) -> bool:
    """First and last number of the list, on pages that differ by no more than the frame takes."""
    one, other = PdfReader(io.BytesIO(reference)), PdfReader(io.BytesIO(made))
    first, last = "3310000000", one.pages[-1].extract_text().split()[-5]
    found = other.pages[0].extract_text() + other.pages[-1].extract_text()
    return (
        first in found and last in found and abs(len(one.pages) - len(other.pages)) <= len(one.pages) / 8 + 1
    )


@goal(
    "G10",
    "PDF with 10,000 rows",
    limit=2.0,
    reference="the same cells on a bare reportlab canvas",
    memory_mb=48,
)
def long_pdf(scale):
    data = rows(scale.size(10_000))
    return Contest(ours=lambda: ours(data), reference=lambda: bare(data), same=same_rows)


@goal("G10b", "PDF linear: 20,000 rows against 2,500", limit=9.0, reference="itself")
def linear_pdf(scale):
    large, small = rows(scale.size(20_000)), rows(scale.size(2_500))
    return Contest(ours=lambda: ours(large), reference=lambda: ours(small), same=lambda a, b: len(a) < len(b))


@goal("G10c", "PDF of one page", limit=1.3, reference="the same content by a plain platypus Table")
def short_pdf(scale):
    data = rows(20)
    style = pdf.styles()["title"]

    def plain() -> bytes:
        stream = io.BytesIO()
        table = Table([[str(column.title) for column in COLUMNS], *data])
        table.setStyle(
            [("FONT", (0, 0), (-1, -1), pdf.BODY, pdf.SIZE), ("LINEBELOW", (0, 0), (-1, -1), 0.4, pdf.RULE)]
        )
        SimpleDocTemplate(stream, pagesize=A4).build(
            [Paragraph("Elenco delle linee", style), Spacer(0, 4), table]
        )
        return stream.getvalue()

    return Contest(
        ours=lambda: ours(data), reference=plain, same=lambda a, b: _last(a) == _last(b), repeat=20
    )


def _last(made: bytes) -> bool:
    return "3310000019" in PdfReader(io.BytesIO(made)).pages[0].extract_text()


# --- Bulk ---------------------------------------------------------------------------------------------------------
class BenchTable(PortalTable):
    number = Column("Linea")


class BenchList(ListPage):
    function = "7.3.5"
    queryset = Line.objects
    table, search, default_order = BenchTable, LineFinder(number="number"), ("number",)


class BenchStep(LinesStep):
    list_page = BenchList


class BenchOperation(Operation):
    row, kind, title = "8", "bench", "Bench"


class BenchFlow(Flow):
    name, function, operations, steps, gate = (
        "bench",
        "7.3.5",
        (BenchOperation,),
        (BenchStep,),
        declare.Gate.POPUP,
    )

    def filings(self):
        yield Filing(BenchOperation, Subjects(BenchStep(self).chosen()))


@cache
def lines_of(count: int) -> tuple[int, ...]:
    """That many lines of contract A1."""
    world = the_world()
    like = {"contract": world.a1, "plan_id": world.line_postpaid.plan_id, "billing_type": "postpaid"}
    made = [Line(number=f"34{i:08d}", **like) for i in range(count)]
    return tuple(line.pk for line in Line.objects.bulk_create(made, batch_size=2000))


def bulk(count: int) -> Contest | Missing:
    if connection.vendor != "postgresql":
        return Missing("needs PostgreSQL")
    ids = list(lines_of(10_000))[:count]
    access = Access.load(the_world().roa, the_world().a1.pk)
    state: dict = {}

    def prepare():
        ServiceRequest.objects.all().delete()
        state["draft"] = drafts.begin(flow="bench", access=access)
        drafts.choose(state["draft"], ids)
        state["request"] = filing.file(
            Filing(BenchOperation, []), contract=access.contract, filed_by=access.user
        ).pk

    def submit() -> int:
        (request,) = filing.submit(draft=state["draft"], access=access)
        return request.items.count()

    def bare_insert() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO operations_requestitem (request_id, kind, subject_id, label, line_number, values, state,"
                " error, holds) SELECT %s, 'bare', id, number, number, '{}', 'waiting', '', true FROM lines_line"
                " WHERE id = ANY(%s)",
                [state["request"], ids],
            )
        return RequestItem.objects.filter(request=state["request"]).count()

    return Contest(ours=submit, reference=bare_insert, prepare=prepare)


@goal(
    "G16",
    "bulk request on 10,000 lines",
    limit=5.0,
    reference="one INSERT … SELECT … = ANY(ids)",
    memory_mb=16,
)
def bulk_request(scale):
    return bulk(scale.size(10_000))


@goal("G16b", "bulk linear: 10,000 lines against 1,000", limit=11.0, reference="itself")
def linear_bulk(scale):
    large, small = bulk(scale.size(10_000)), bulk(scale.size(1_000))
    if isinstance(large, Missing):
        return large
    return Figure(median_time(large) / median_time(small))
