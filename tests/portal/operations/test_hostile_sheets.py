"""Workbooks that want more than to be read: entities, foreign files, bombs. They are refused or read as nothing."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from portal.operations import reading

ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
ATTACKS = {
    "laughs": (ENTITIES + "]>", "&j;"),
    "file": ('<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>', "&y;"),
    "web": ('<!DOCTYPE x [<!ENTITY y SYSTEM "http://127.0.0.1:9/">]>', "&y;"),
}


def sheet(head: str, cell: str) -> io.BytesIO:
    """A workbook whose only cell says `cell`, with `head` before the sheet."""
    plain, out = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.save(plain)
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(out, "w") as after:
        for part in before.namelist():
            text = before.read(part)
            if part.endswith("sheet1.xml"):
                inner = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{cell}</t></is></c></row>'
                start, end = text.index(b"<sheetData>") + 11, text.index(b"</sheetData>")
                text = head.encode() + text[:start] + inner.encode() + text[end:]
            after.writestr(part, text)
    out.seek(0)
    return out


def test_the_workbook_of_the_trial_is_read():
    assert [row[0] for row in reading.table(sheet("", "3312547228"))] == ["3312547228"]


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_an_entity_brings_nothing_in(name):
    try:
        rows = list(reading.table(sheet(*ATTACKS[name])))
    except reading.Unreadable:
        return
    assert "root:" not in str(rows) and len(str(rows)) < 1000


def test_a_sheet_that_swells_is_refused_before_it_is_opened(monkeypatch):
    opened = []
    monkeypatch.setattr(reading.openpyxl, "load_workbook", lambda *a, **k: opened.append(a))
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/sheet.xml", "w") as part,
    ):
        for _turn in range(101):
            part.write(b" " * (1024 * 1024))
    out.seek(0)
    with pytest.raises(reading.Unreadable):
        list(reading.table(out))
    assert opened == []
