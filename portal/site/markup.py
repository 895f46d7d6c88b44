"""The small markup of news and legal texts: paragraphs, titles, lists, links. Everything else is shown as typed.

Staff text never reaches a page as HTML: it is escaped word by word, and the tags are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_LINK = re.compile(r"\[([^\]\n]+)\]\(((?:https?://|mailto:|tel:|/)[^\s)]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    kind: str  # "title", "list" or "paragraph"
    lines: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """The text cut into titles, lists and paragraphs."""
    for chunk in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        for kind, lines in groupby(chunk.splitlines(), key=_kind):
            yield Block(kind, tuple(line.removeprefix("## ").removeprefix("- ").strip() for line in lines))


def _kind(line: str) -> str:
    return "title" if line.startswith("## ") else "list" if line.startswith("- ") else "paragraph"


def parts(line: str) -> Iterator[tuple[str, str]]:
    """(words, address) pieces of a line; the address is empty for plain words."""
    end = 0
    for found in _LINK.finditer(line):
        yield line[end : found.start()], ""
        yield found.group(1), found.group(2)
        end = found.end()
    yield line[end:], ""


def render(text: str, heading: int = 2) -> SafeString:
    """HTML of the text; titles are `<h{heading}>`, so that they fit the page they stand in."""
    return mark_safe("\n".join(_block(block, heading) for block in blocks(text)))  # noqa: S308 - built by format_html


def _block(block: Block, heading: int) -> str:
    lines = [(_inline(line),) for line in block.lines]
    if block.kind == "list":
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))
    tag = f"h{int(heading)}" if block.kind == "title" else "p"
    return format_html_join("", f"<{tag}>{{}}</{tag}>", lines)


def _inline(line: str) -> SafeString:
    pieces = [
        (format_html('<a href="{}">{}</a>', address, words) if address else words,)
        for words, address in parts(line)
    ]
    return format_html_join("", "{}", pieces)
