"""One way to make a PDF: header, free-form head, long tables, «pagina x di y», title and language set.

The head is free-form (platypus); a table is drawn row by row on the canvas, a page's worth at a time, so that
its cost grows with its rows and not with their square.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor, black
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table

BODY, BOLD = "Titillium", "Titillium-Bold"
INK, QUIET, RULE, BRAND_BLUE = black, HexColor("#455A64"), HexColor("#B0BEC5"), HexColor("#0059B3")
MARGIN = 18 * mm
SIZE, LEADING, PADDING = 8.5, 11, 3
MOST_LINES = 50  # of a cell of a long table: a page holds as many


@cache
def _fonts() -> None:
    folder = Path(settings.PDF_FONTS)
    pdfmetrics.registerFont(TTFont(BODY, folder / "titillium-web-v10-latin-ext_latin-regular.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, folder / "titillium-web-v10-latin-ext_latin-600.ttf"))
    pdfmetrics.registerFontFamily(BODY, normal=BODY, bold=BOLD, italic=BODY, boldItalic=BOLD)


@cache
def styles() -> dict[str, ParagraphStyle]:
    _fonts()
    text = ParagraphStyle("text", fontName=BODY, fontSize=9.5, leading=13, textColor=INK)
    return {
        "text": text,
        "small": ParagraphStyle("small", text, fontSize=8, leading=10.5, textColor=QUIET),
        "label": ParagraphStyle("label", text, fontSize=8, leading=11, textColor=QUIET),
        "title": ParagraphStyle("title", text, fontName=BOLD, fontSize=17, leading=21, spaceAfter=3),
        "section": ParagraphStyle(
            "section", text, fontName=BOLD, fontSize=11.5, leading=15, spaceBefore=10, spaceAfter=3
        ),
        "right": ParagraphStyle("right", text, alignment=TA_RIGHT),
    }


# Signs the pages use and the fonts of the papers do not have.
DRAWN = str.maketrans({"→": "›", "✓": "•"})


def drawn(text) -> str:
    """The text with the signs these fonts have; others would be left out in silence."""
    return str(text).translate(DRAWN)


def paragraph(text, style: str = "text") -> Paragraph:
    """Escaped text: what people typed is never markup."""
    return Paragraph(escape(drawn(text)).replace("\n", "<br/>"), styles()[style])


def pairs(values: Iterable[tuple[object, object]], width: float | None = None) -> Table:
    """Label and value, two columns."""
    rows = [
        (paragraph(label, "label"), paragraph(value if value not in (None, "") else "—"))
        for label, value in values
    ]
    total = width or content_width()
    # A note of three hundred line ends is taller than a page: its row goes on overleaf.
    table = Table(rows, colWidths=(total * 0.34, total * 0.66), splitInRow=1)
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
            ("LEFTPADDING", (0, 0), (0, -1), 0),  # labels stand under their title
        ]
    )
    return table


def side_by_side(left: Flowable, right: Flowable) -> Table:
    half = content_width() / 2
    table = Table([(left, right)], colWidths=(half, half))
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, 0), 0)])
    return table


def content_width() -> float:
    return A4[0] - 2 * MARGIN


@lru_cache(maxsize=4096)
def _width(text: str) -> float:
    """Plans and states come again in every row."""
    return stringWidth(text, BODY, SIZE)


def _lines(cell: str, width: float) -> tuple[str, ...]:
    """A cell cut to its column; what would be taller than a page is cut short, and says so."""
    if "\n" not in cell and _width(cell) <= width:
        return (cell,)
    lines = tuple(simpleSplit(cell, BODY, SIZE, width)) or ("",)
    return lines if len(lines) <= MOST_LINES else (*lines[: MOST_LINES - 1], "…")


@dataclass(frozen=True, slots=True)
class Column:
    title: object
    weight: float = 1.0
    right: bool = False


class Rows(Flowable):
    """A table of any length: header on every page, cells wrapped only where they do not fit."""

    def __init__(self, columns: Sequence[Column], rows: Iterable[Sequence[object]]):
        super().__init__()
        _fonts()
        whole = sum(column.weight for column in columns)
        self.columns = columns
        self.widths = [content_width() * column.weight / whole for column in columns]
        self.lines = [self._wrapped([drawn(cell) for cell in row]) for row in rows]
        self.first, self.last = 0, len(self.lines)

    def _wrapped(self, cells: list[str]) -> tuple[tuple[str, ...], ...]:
        room = [width - 2 * PADDING for width in self.widths]
        return tuple(_lines(cell, width) for cell, width in zip(cells, room, strict=True))

    def _height(self, index: int) -> float:
        return max(map(len, self.lines[index])) * LEADING + 2 * PADDING

    def _fitting(self, room: float) -> tuple[int, float]:
        """How many rows fit below a header, and their height with it."""
        height, index = LEADING + 2 * PADDING, self.first
        while index < self.last and height + self._height(index) <= room:
            height += self._height(index)
            index += 1
        return index, height

    def wrap(self, width, room):
        index, height = self._fitting(room)
        self.height = height if index == self.last else room + 1
        return width, self.height

    def split(self, width, room):
        index, height = self._fitting(room)
        if index == self.first:
            return []
        return [self._part(self.first, index, height), self._part(index, self.last, 0)]

    def _part(self, first: int, last: int, height: float) -> Rows:
        part = Rows(self.columns, ())
        part.lines, part.first, part.last, part.height = self.lines, first, last, height
        return part

    def draw(self):
        y = self._draw_row([(str(column.title),) for column in self.columns], self.height, BOLD, 0.9, QUIET)
        for index in range(self.first, self.last):
            y = self._draw_row(self.lines[index], y, BODY, 0.4, RULE)

    def _draw_row(self, cells, top: float, font: str, rule: float, colour) -> float:
        canvas, x = self.canv, 0.0
        canvas.setFont(font, SIZE)
        canvas.setFillColor(INK)
        for lines, width, column in zip(cells, self.widths, self.columns, strict=True):
            y = top - PADDING - SIZE
            for line in lines:
                if column.right:
                    canvas.drawRightString(x + width - PADDING, y, line)
                else:
                    canvas.drawString(x + PADDING, y, line)
                y -= LEADING
            x += width
        bottom = top - max(map(len, cells)) * LEADING - 2 * PADDING
        canvas.setLineWidth(rule)
        canvas.setStrokeColor(colour)
        canvas.line(0, bottom, x, bottom)
        return bottom


class _PageOfPages(Canvas):
    """Draws «pagina x di y» when the number of pages is known."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._pages: list[dict] = []

    def showPage(self):
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self.setFont(BODY, 8)
            self.setFillColor(QUIET)
            text = _("pagina %(page)d di %(pages)d") % {"page": number, "pages": len(self._pages)}
            self.drawRightString(A4[0] - MARGIN, 10 * mm, text)
            super().showPage()
        super().save()


class Document:
    """A document to subclass: give it a title and a story."""

    title: object = ""
    reference: str = ""  # number and fingerprint, in the footer

    def story(self) -> list[Flowable]:
        raise ValueError("a document tells a story")

    def write(self, stream: BinaryIO) -> None:
        _fonts()
        template = BaseDocTemplate(
            stream,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=30 * mm,
            bottomMargin=20 * mm,
            title=str(self.title),
            author=settings.BRAND["operator"],
            subject=settings.BRAND["service"],
            creator=settings.BRAND["service"],
            lang="en-GB" if get_language() == "en" else "it-IT",
            displayDocTitle=True,
        )
        frame = Frame(
            MARGIN,
            20 * mm,
            content_width(),
            A4[1] - 50 * mm,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        template.addPageTemplates([PageTemplate("page", [frame], onPage=self._frame)])
        template.build(
            [paragraph(self.title, "title"), Spacer(0, 4), *self.story()], canvasmaker=_PageOfPages
        )

    def _frame(self, canvas, _template) -> None:
        canvas.saveState()
        top = A4[1] - 16 * mm
        canvas.setFillColor(BRAND_BLUE)
        canvas.setFont(BOLD, 11)
        canvas.drawString(MARGIN, top, settings.BRAND["service"])
        canvas.setFillColor(QUIET)
        canvas.setFont(BODY, 8)
        canvas.drawRightString(A4[0] - MARGIN, top, settings.BRAND["operator"])
        canvas.setStrokeColor(BRAND_BLUE)
        canvas.setLineWidth(1.2)
        canvas.line(MARGIN, top - 3 * mm, A4[0] - MARGIN, top - 3 * mm)
        canvas.drawString(MARGIN, 10 * mm, self.reference)
        canvas.restoreState()
