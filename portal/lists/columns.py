"""Columns of a list: how a value looks on the page, and what it is in a file.

A column is declared once and serves both. `visible=False` keeps it off the page but in the files;
`exclude_from_export=True` the other way round; `hidden=True` leaves it to the reader to switch it on.
"""

from __future__ import annotations

from decimal import Decimal

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal import clock, identifiers
from portal.lists.writers import Kind
from portal.words import said

DASH = SafeString('<span class="pc-none" aria-hidden="true">–</span>')


class Column(tables.Column):
    """Text. The others change how the value is shown and typed."""

    kind = Kind.TEXT
    places: int | None = None
    css = ""

    def __init__(
        self, verbose_name=None, *, hidden: bool = False, fixed: bool = False, css: str = "", **kwargs
    ):
        super().__init__(verbose_name, **kwargs)
        self.hidden = hidden  # off until the reader asks for it
        self.fixed = fixed  # cannot be switched off
        self.css = css or self.css

    def to_file(self, value):
        """The value a file gets, made from what the database holds."""
        return value


class SaidColumn(Column):
    """Words stored in Italian, in the language of the reader."""

    def render(self, value):
        return said(value)

    def to_file(self, value):
        return said(value)


class NumberColumn(Column):
    """Right-aligned; `places` decimals with the comma."""

    kind = Kind.NUMBER
    css = "pc-num"

    def __init__(self, *args, places: int | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = places

    def render(self, value):
        return formats.number_format(value, self.places, use_l10n=True, force_grouping=True)


class MoneyColumn(NumberColumn):
    """Two decimals; the unit stands in the header («Canone €»)."""

    def __init__(self, *args, places: int = 2, **kwargs):
        super().__init__(*args, places=places, **kwargs)

    def to_file(self, value):
        return value if value is None or isinstance(value, Decimal) else Decimal(value)


class DateColumn(Column):
    kind = Kind.DATE
    css = "pc-nowrap"

    def render(self, value):
        return f"{value:%d/%m/%Y}"


class InstantColumn(Column):
    """dd/mm/yyyy HH:MM on a Roman wall clock; with `seconds`, HH:MM:SS."""

    kind = Kind.INSTANT
    css = "pc-nowrap"

    def __init__(self, *args, seconds: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.form = "%d/%m/%Y %H:%M:%S" if seconds else "%d/%m/%Y %H:%M"

    def render(self, value):
        return f"{clock.rome(value):{self.form}}"


class YesNoColumn(Column):
    def render(self, value):
        return _("Sì") if value else _("No")

    def to_file(self, value):
        return None if value is None else str(self.render(value))


class CodeColumn(Column):
    """Long codes: fixed width, and whole when copied."""

    css = "pc-code"


class MobileColumn(Column):
    """Grouped as people say it; copying gives the whole number."""

    css = "pc-nowrap"

    def render(self, value):
        shown = identifiers.show_mobile(value)
        if shown == value:
            return value
        # One piece for the clipboard: the gaps are margins, not spaces.
        return format_html(
            '<span class="pc-phone" data-number="{}"><span>{}</span><span>{}</span><span>{}</span></span>',
            value,
            *shown.split(" "),
        )


class IccidColumn(CodeColumn):
    """Lists show the last ten digits (Q13), files too."""

    def render(self, value):
        return identifiers.short_iccid(value)

    def to_file(self, value):
        return identifiers.short_iccid(value) if value else value


class StateColumn(Column):
    """A badge: one colour, one icon and one word for each state, never the colour alone.

    Without `choices` the label is that of the model field. `tone` and word follow the table of states of the
    frame; `upper=True` shows the word in capitals, as some lists do.
    """

    def __init__(self, *args, upper: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.upper = upper
        self._badges: dict = {}

    def badge(self, value, word: str) -> SafeString:
        """Drawn once a value: a page of a hundred rows has a hundred of them and few states."""
        if value not in self._badges:
            word = word.upper() if self.upper else word
            context = {"state": value, "word": word}
            self._badges[value] = SafeString(render_to_string("lists/badge.html", context).strip())
        return self._badges[value]


class SelectionColumn(Column):
    """The box before each row, and the one in the header for the whole page."""

    css = "pc-cell-select"

    def __init__(self, selection, **kwargs):
        super().__init__(
            selection.header, orderable=False, exclude_from_export=True, fixed=True, empty_values=(), **kwargs
        )
        self.selection = selection
        if selection.last:
            self.css = "pc-cell-confirm"  # its header says what the box means, and is no box itself

    def render(self, record):
        return self.selection.cell(record)


class ActionsColumn(Column):
    """What can be done with one row, under one menu."""

    css = "pc-cell-actions"

    def __init__(self, actions, **kwargs):
        super().__init__(
            _("Azioni"), orderable=False, exclude_from_export=True, fixed=True, empty_values=(), **kwargs
        )
        self.actions = actions

    def render(self, record):
        return self.actions(record)
