"""Rows of a file: what a cell repeats from the row above is not read anew, and means the same."""

from __future__ import annotations

from io import BytesIO

from portal.contracts.feeds.columns import Column, Unreadable
from portal.contracts.feeds.reading import Reader


def test_a_cell_that_repeats_the_one_above_is_read_once_and_a_wrong_one_is_refused_each_time():
    asked = []

    def read(cell: str) -> str:
        asked.append(cell)
        if cell == "x":
            raise Unreadable("no")
        return cell * 2

    file = BytesIO(b"a;b\n1;1\n1;2\n2;2\nx;2\nx;2\n2;2\n1;2\n")
    rows = list(Reader(file, (Column("a", read), Column("b", str))))

    assert [row.values.get("a") for row in rows] == ["11", "11", "22", None, None, "22", "11"]
    assert [bool(row.error) for row in rows] == [False, False, False, True, True, False, False]
    assert [row.values["b"] for row in rows] == ["1", "2", "2", "2", "2", "2", "2"]
    assert asked == ["1", "2", "x", "x", "1"]
