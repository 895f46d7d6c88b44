"""Rules for the text of one file. A rule returns what is wrong, or nothing."""

from __future__ import annotations

import ast
import re

CLOCKS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
}
SENDERS = ("smtplib", "smpplib", "django.core.mail")
RINGS = ("delay", "apply_async", "delay_on_commit", "send_task")
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 400, 60, 80

INLINE = re.compile(
    r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|=.?javascript:|hx-on|\|\s*safe\b", re.IGNORECASE
)
UNFINISHED = re.compile(
    r"\bTO" r"DO\b|\bFIX" r"ME\b|\bXX" r"X\b|NotImplementedError|[Ll]orem ip" r"sum|[Cc]oming s" r"oon"
)
MACHINE = re.compile(r"/w[o]rk/|/r[o]ot/|/opt/pypi|\bcl[a]ude\b|\bchatg[p]t\b|\bcop[i]lot\b", re.IGNORECASE)


def _tree(text: str) -> ast.Module:
    return ast.parse(text)


def own_clock(text: str) -> list[str]:
    """Time comes from portal.clock, or tests cannot stop it."""
    return [
        f"line {node.lineno}: {node.value.id}.{node.attr}"
        for node in ast.walk(_tree(text))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in CLOCKS
    ]


def reads_environment(text: str) -> list[str]:
    """The environment is read in the settings only."""
    return [
        f"line {node.lineno}: os.{node.attr}"
        for node in ast.walk(_tree(text))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in ("environ", "getenv")
    ]


def sends_by_itself(text: str) -> list[str]:
    """What is sent goes through the outbox."""
    found = []
    for node in ast.walk(_tree(text)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found += [f"line {node.lineno}: {name}" for name in names if name.startswith(SENDERS)]
    return found


def rings_by_itself(text: str) -> list[str]:
    """Work is a row first: a bare Celery message can be lost."""
    return [
        f"line {node.lineno}: .{node.func.attr}()"
        for node in ast.walk(_tree(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RINGS
    ]


def long_functions(text: str) -> list[str]:
    return [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(_tree(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]


def long_file(text: str) -> list[str]:
    return _longer(text, LONGEST_FILE)


def long_template(text: str) -> list[str]:
    return _longer(text, LONGEST_TEMPLATE)


def _longer(text: str, limit: int) -> list[str]:
    lines = text.count("\n")
    return [f"{lines} lines, at most {limit}"] if lines > limit else []


def inline_code(text: str) -> list[str]:
    """The content security policy blocks scripts and styles inside a page; `safe` opens it to anybody's."""
    return _matches(INLINE, text)


def unfinished(text: str) -> list[str]:
    return _matches(UNFINISHED, text)


def of_a_machine(text: str) -> list[str]:
    """The project speaks of itself, not of the machine or the tools it was written with."""
    return _matches(MACHINE, text)


def _matches(pattern: re.Pattern, text: str) -> list[str]:
    return [
        f"line {number}: {found.group().strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        for found in pattern.finditer(line)
    ]
