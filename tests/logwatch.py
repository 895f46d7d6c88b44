"""`log_watch`: nothing that was marked may appear in the log, written as in production, or on the terminal."""

from __future__ import annotations

import io
import json
import logging
import re

import pytest

from portal import logs


class LogWatch:
    """Use it as `log_watch.mark(number, code, …)`; the end of the test looks for every mark."""

    def __init__(self):
        self._stream = io.StringIO()
        self._marks: set[str] = set()
        self.handler = logging.StreamHandler(self._stream)
        self.handler.setFormatter(logs.formatter(as_json=True))

    def mark(self, *values: str) -> None:
        self._marks.update(str(value) for value in values)

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.text.splitlines()]

    def found_in(self, text: str) -> set[str]:
        """The marks in a text, also where someone put blanks or dots between their figures."""
        bare = re.sub(r"(?<=\d)[ .-](?=\d)", "", text)
        return {mark for mark in self._marks if mark in text or mark in bare}


@pytest.fixture
def log_watch(capfd):
    watch, root = LogWatch(), logging.getLogger()
    before = root.level
    root.addHandler(watch.handler)
    root.setLevel(logging.DEBUG)
    try:
        yield watch
    finally:
        root.removeHandler(watch.handler)
        root.setLevel(before)
    terminal = capfd.readouterr()
    assert not watch.found_in(watch.text + terminal.out + terminal.err)
