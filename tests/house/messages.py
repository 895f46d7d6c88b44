"""Collects the words of the interface, compiles them, and says what English still lacks.

Italian is the language of the source, so English is the only catalogue.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUES = ROOT / "locale" / "en" / "LC_MESSAGES"
OURS = ("portal", "lines", "billing", "thresholds", "support", "templates")
TEMPLATES = (".html", ".txt", ".subject")

_ONE, _MANY, _NAMED = None, (1, 2), ((1, "c"), 2)
_CALLS = {  # what marks a message, under the names the modules give it
    **dict.fromkeys(("_", "_t", "gettext", "gettext_lazy", "gettext_noop"), _ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _MANY),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _NAMED),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)")


def collected() -> Catalog:
    """Every message of the source, without translations."""
    catalog = Catalog(locale="en")
    for path in sorted(path for name in OURS for path in (ROOT / name).rglob("*") if path.is_file()):
        for id, context in _messages(path):
            catalog.add(id, context=context, locations=[(str(path.relative_to(ROOT)), 1)])
    return catalog


def _messages(path: Path) -> Iterator[tuple]:
    if path.suffix == ".py":
        with open(path, "rb") as file:
            for _line, id, _comments, context in extract("python", file, keywords=_CALLS):
                yield id, context
    elif path.suffix in TEMPLATES:
        for call, literals in _IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"))):
            words = ast.literal_eval(f"[{literals}]")
            context = words.pop(0) if "p" in call else None
            yield (tuple(words) if "n" in call else words[0]), context


def load(path: Path) -> Catalog:
    with open(path, "rb") as file:
        return read_po(file, locale="en")


def untranslated(catalog: Catalog) -> list[str]:
    """Messages without English, or with an English nobody has confirmed."""
    return [
        _text(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not _is_full(message.string))
    ]


def _is_full(string) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def _text(id) -> str:
    return id[0] if isinstance(id, tuple) else id


def keys(catalog: Catalog) -> set[tuple]:
    return {(message.context, _text(message.id)) for message in catalog if message.id}


def update(path: Path) -> Catalog:
    """Take in what is new in the source, let go what is no longer there; keep what was translated."""
    catalog = load(path)
    catalog.update(collected(), no_fuzzy_matching=True, update_creation_date=False)
    with open(path, "wb") as file:
        write_po(file, catalog, width=0, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return catalog


def compile_all() -> None:
    for source in CATALOGUES.glob("*.po"):
        with open(source.with_suffix(".mo"), "wb") as target:
            write_mo(target, load(source))


def main() -> None:
    missing = untranslated(update(CATALOGUES / "django.po"))
    compile_all()
    for text in missing:
        sys.stdout.write(f"no English: {text}\n")
    if missing:
        sys.exit(f"{len(missing)} messages have no English.")
    sys.stdout.write("English is complete.\n")


if __name__ == "__main__":
    main()
