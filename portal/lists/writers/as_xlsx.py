"""xlsx by a template a batch: each column says what its cells look like, and a row is one `%` of them together.

Large exports are what people wait for, and this takes half the time of the fastest library for rows made in
Python (`make bench`, G7b), with memory that does not grow. What a cell needs is decided for a column of a batch at
once; cell by cell only where that column holds something out of the ordinary. Texts stand in the cells themselves
(no table of shared strings, which would have to be kept), cells carry no addresses (their order is enough), and
there are no formulas. Sheets that need more than typed columns are made with openpyxl.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.utils import get_column_letter

from portal.lists.writers.fields import Batch, Field, Kind, wall_clock

SHEET_ROWS = 1_048_575  # rows of data under the header: what a sheet can hold
SHEET_BYTES = 1_900_000_000  # a part above 2 GB needs a kind of zip that Excel offers to repair
CELL_LENGTH = 32_767  # characters a cell can hold
EXACT_NUMBERS = 10**15  # a spreadsheet keeps fifteen digits of a number; a longer one is a code, so a text
FIRST_YEAR = (
    1901  # spreadsheets begin in 1900 with a leap year that was none; what lies before is written out
)
DAY_ZERO = date(1899, 12, 30).toordinal()


def write_xlsx(path, fields: Sequence[Field], batches: Iterable[Batch]) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("_rels/.rels", _parts([("officeDocument", "xl/workbook.xml")]))
        archive.writestr("xl/styles.xml", _styles(fields))
        counts = _write_sheets(archive, fields, _blocks(fields, batches))
        sheets = [("worksheet", f"worksheets/sheet{n}.xml") for n, _count in enumerate(counts, start=1)]
        archive.writestr("xl/workbook.xml", _workbook(fields, counts))
        archive.writestr("xl/_rels/workbook.xml.rels", _parts([*sheets, ("styles", "styles.xml")]))
        archive.writestr("[Content_Types].xml", _content_types(sheets))


def _write_sheets(archive: ZipFile, fields: Sequence[Field], blocks: Iterator[list[str]]) -> list[int]:
    """The rows of each sheet: where one is full, the next begins."""
    counts: list[int] = []
    rows = next(blocks, [])
    while rows or not counts:
        with archive.open(f"xl/worksheets/sheet{len(counts) + 1}.xml", "w") as sheet:
            sheet.write(_sheet_head(fields))
            count = size = 0
            while rows and count < SHEET_ROWS and size < SHEET_BYTES:
                fitting = rows[: SHEET_ROWS - count]
                size += sheet.write("".join(fitting).encode())
                count += len(fitting)
                rows = rows[len(fitting) :] or next(blocks, [])
            sheet.write(_sheet_tail(fields, count))
        counts.append(count)
    return counts


def _blocks(fields: Sequence[Field], batches: Iterable[Batch]) -> Iterator[list[str]]:
    """The rows of each batch, written out."""
    kinds = [(_CELLS[field.kind], style) for style, field in enumerate(fields, start=_FIRST_STYLE)]
    for batch in batches:
        cells = [make(values, style) for (make, style), values in zip(kinds, batch, strict=True)]
        template = f"<row>{''.join(pattern for pattern, _values in cells)}</row>"
        yield [template % row for row in zip(*(values for _pattern, values in cells), strict=True)]


# --- Cells: for the values of a column what stands around each of them, and each as it is written -------------
_OUT_OF_THE_ORDINARY = ("&", "<", ">", "||", "| ", " |", "_x")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def _text_cells(values: Sequence, style: int) -> tuple[str, Sequence]:
    if _all_ordinary(values):
        return f'<c s="{style}" t="inlineStr"><is><t>%s</t></is></c>', values
    return "%s", [_text_cell(value, style) for value in values]


def _all_ordinary(values: Sequence) -> bool:
    """Are these all texts that can stand as they are? A few searches in the whole column."""
    try:
        together = f"|{'|'.join(values)}|"
    except TypeError:
        return False
    return (
        together.isprintable()
        and not any(mark in together for mark in _OUT_OF_THE_ORDINARY)
        and (len(together) <= CELL_LENGTH or max(map(len, values)) <= CELL_LENGTH)
    )


def _text_cell(value, style: int) -> str:
    if value is None or value == "":
        return f'<c s="{style}"/>'
    text = _UNWRITABLE.sub("", str(value).replace("\r\n", "\n"))[:CELL_LENGTH]
    space = ' xml:space="preserve"' if text != text.strip() else ""
    text = _LIKE_AN_ESCAPE.sub("_x005F_", escape(text))
    return f'<c s="{style}" t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _number_cells(values: Sequence, style: int) -> tuple[str, Sequence]:
    if _all_numbers(values):
        return f'<c s="{style}"><v>%s</v></c>', values
    return "%s", [_number_cell(value, style) for value in values]


def _all_numbers(values: Sequence) -> bool:
    types = set(map(type, values))
    if types == {Decimal}:
        return all(map(Decimal.is_finite, values))
    return types == {int} and min(values) > -EXACT_NUMBERS and max(values) < EXACT_NUMBERS


def _number_cell(value, style: int) -> str:
    if isinstance(value, Decimal | float):
        return f'<c s="{style}"><v>{value}</v></c>' if math.isfinite(value) else f'<c s="{style}"/>'
    if type(value) is int and abs(value) < EXACT_NUMBERS:
        return f'<c s="{style}"><v>{value}</v></c>'
    return _text_cell(value, style)


def _date_cells(values: Sequence, style: int) -> tuple[str, Sequence]:
    """Each day is written out once: a thousand rows have few different days."""
    cells = {day: _date_cell(day, style) for day in set(values)}
    return "%s", [cells[day] for day in values]


def _date_cell(day: date | None, style: int) -> str:
    if day is None or day.year < FIRST_YEAR:
        return _text_cell(day and f"{day:%d/%m/%Y}", style)
    return f'<c s="{style}"><v>{day.toordinal() - DAY_ZERO}</v></c>'


def _instant_cells(values: Sequence, style: int) -> tuple[str, Sequence]:
    return "%s", [_instant_cell(value, style) for value in values]


def _instant_cell(value: datetime | None, style: int) -> str:
    if value is None or value.year < FIRST_YEAR:
        return _text_cell(value and f"{value:%d/%m/%Y %H:%M:%S}", style)
    shown = wall_clock(value)
    seconds = shown.hour * 3600 + shown.minute * 60 + shown.second
    return f'<c s="{style}"><v>{shown.toordinal() - DAY_ZERO + seconds / 86400!r}</v></c>'


_CELLS: dict[Kind, Callable[[Sequence, int], tuple[str, Sequence]]] = {
    Kind.TEXT: _text_cells,
    Kind.NUMBER: _number_cells,
    Kind.DATE: _date_cells,
    Kind.INSTANT: _instant_cells,
}

# --- What stands around the cells ---------------------------------------------------------------------------
_HEADER_STYLE, _FIRST_STYLE = 1, 2
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _sheet_head(fields: Sequence[Field]) -> bytes:
    """Columns wide enough, and the header that stays where it is."""
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{_width(field)}" style="{n - 1 + _FIRST_STYLE}" customWidth="1"/>'
        for n, field in enumerate(fields, start=1)
    )
    header = "".join(_text_cell(field.header, _HEADER_STYLE) for field in fields)
    return (
        f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData><row>{header}</row>"
    ).encode()


def _sheet_tail(fields: Sequence[Field], count: int) -> bytes:
    """The filter over the header, and no warnings about numbers (of lines, of cards) that are texts."""
    texts = " ".join(
        f"{letter}1:{letter}{count + 1}"
        for letter, field in zip(_letters(fields), fields, strict=True)
        if field.kind == Kind.TEXT
    )
    ignored = f'<ignoredErrors><ignoredError sqref="{texts}" numberStoredAsText="1"/></ignoredErrors>'
    reach = f"A1:{_letters(fields)[-1]}{count + 1}"
    return f'</sheetData><autoFilter ref="{reach}"/>{ignored if texts else ""}</worksheet>'.encode()


def _letters(fields: Sequence[Field]) -> list[str]:
    return [get_column_letter(n) for n, _field in enumerate(fields, start=1)]


def _workbook(fields: Sequence[Field], counts: list[int]) -> str:
    names = ["Dati" if n == 1 else f"Dati {n}" for n, _count in enumerate(counts, start=1)]
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, start=1)
    )
    reaches = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{n}" hidden="1">'
        f"'{name}'!$A$1:${_letters(fields)[-1]}${count + 1}</definedName>"
        for n, (name, count) in enumerate(zip(names, counts, strict=True))
    )
    return (
        f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">'
        f"<sheets>{sheets}</sheets><definedNames>{reaches}</definedNames></workbook>"
    )


def _styles(fields: Sequence[Field]) -> str:
    """The header, then a style for each column."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + n}" formatCode="{_number_format(field)}"/>'
        for n, field in enumerate(fields)
    )
    styles = "".join(
        f'<xf numFmtId="{164 + n}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for n, _field in enumerate(fields)
    )
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'{_DECLARATION}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(fields)}">{formats}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFD9E6F2"/></patternFill></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(fields) + _FIRST_STYLE}">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>'
        f"{styles}</cellXfs>"
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _number_format(field: Field) -> str:
    if field.kind == Kind.NUMBER:
        return "#,##0." + "0" * field.places if field.places else "General"
    return {Kind.TEXT: "@", Kind.DATE: "dd/mm/yyyy", Kind.INSTANT: "dd/mm/yyyy hh:mm:ss"}[field.kind]


def _width(field: Field) -> int:
    least = {Kind.TEXT: 18, Kind.NUMBER: 12, Kind.DATE: 12, Kind.INSTANT: 20}[field.kind]
    return min(60, max(least, len(field.header) + 4))


def _parts(parts: list[tuple[str, str]]) -> str:
    """What a part of the file is made of."""
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(parts, start=1)
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _content_types(sheets: list[tuple[str, str]]) -> str:
    parts = [("workbook.xml", "sheet.main"), ("styles.xml", "styles")]
    parts += [(target, kind) for kind, target in sheets]
    listed = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{_MEDIA}.{kind}+xml"/>' for name, kind in parts
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )
