"""Reads the table of docs/security.md: one row a requirement, its state and what proves it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
LIST = Path(__file__).with_name("asvs_5_0.txt")
STATES = ("met", "not applicable", "open")
FILE = re.compile(r"`((?:tests|docs|deploy)/[\w./-]+|requirements\.lock)(?:::(\w+))?`")


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    level: str
    asks: str
    state: str
    reason: str
    proof: str

    def files(self) -> list[tuple[str, str]]:
        """(path, name of the test or nothing) of everything the last column names."""
        return FILE.findall(self.proof)


def rows(text: str) -> list[Row]:
    lines = [line for line in text.splitlines() if re.match(r"\| V\d", line)]
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


def requirements() -> list[tuple[str, str]]:
    """(id, level) of every requirement of the levels 1 and 2."""
    return [tuple(line.split()) for line in LIST.read_text(encoding="utf-8").splitlines()]


def faults(row: Row) -> list[str]:
    """What is wrong with a row by itself."""
    found = [] if row.state in STATES else [f"{row.id}: the state is «{row.state}»"]
    if not row.asks:
        found.append(f"{row.id}: says not what it asks")
    if row.state == "met" and not row.files():
        found.append(f"{row.id}: met, and nothing proves it")
    if row.state != "met" and len(row.reason) < 5:
        found.append(f"{row.id}: {row.state} without a reason")
    if row.proof.count("`") != 2 * len(row.files()):
        found.append(f"{row.id}: names what is no file of ours: {row.proof}")
    return found + [fault for path, name in row.files() if (fault := missing(path, name))]


def missing(path: str, name: str) -> str:
    if not (ROOT / path).is_file():
        return f"{path} is not there"
    if name and name not in tests_of(ROOT / path):
        return f"{path} has no {name}"
    return "" if name or not path.startswith("tests/") else f"{path}: which test?"


def tests_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
