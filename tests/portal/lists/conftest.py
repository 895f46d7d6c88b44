"""Many lines at once, and what a list answered."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from lines.models import BillingType, Line
from portal.lists.writers import unguard
from tests.world import line, plan


@pytest.fixture
def twenty_two(world):
    """Contract A1 with 22 lines: three of the world and nineteen more."""
    for i in range(19):
        line(world.a1, f"33200000{i:02d}", state=("active", "suspended")[i % 2])
    return world


@pytest.fixture
def many_lines(world):
    def made(count: int, contract=None):
        common = {"contract": contract or world.a1, "plan": plan(), "billing_type": BillingType.POSTPAID}
        Line.objects.bulk_create([Line(number=f"34{i:08d}", **common) for i in range(count)], batch_size=1000)
        return world

    return made


@pytest.fixture
def rows_of():
    """The rows of a downloaded file, header first."""

    def read(response) -> list[list]:
        content = b"".join(response.streaming_content)
        if response["Content-Type"].startswith("text/csv"):
            text = content.decode("utf-8-sig")
            return [[unguard(c) for c in row] for row in csv.reader(io.StringIO(text), delimiter=";")]
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        return [[cell.value for cell in row] for row in sheet.iter_rows()]

    return read
