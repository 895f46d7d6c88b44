"""A table of a list: columns, headers that sort, rows that render fast, values for files.

django-tables2 declares the columns and knows the ordering; cells are rendered by readers prepared once a table
(a stock row costs four times as much), through one row template of our own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import django_tables2 as tables
from django.core.exceptions import FieldDoesNotExist
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django_tables2.data import TableData
from django_tables2.utils import OrderByTuple

from portal.lists.columns import DASH, Column
from portal.lists.writers import Field


class PageData(TableData):
    """The rows of one page, already in order: the table must not sort or count them again."""

    def __init__(self, rows: list, model=None):
        super().__init__(rows)
        self._model = model

    @property
    def model(self):
        return self._model

    def __len__(self):
        return len(self.data)

    def order_by(self, aliases):
        """The database has sorted them."""


@dataclass(frozen=True, slots=True)
class Header:
    name: str
    label: object
    css: str
    order_next: str  # "" where the column does not sort
    aria_sort: str  # ascending, descending, or "" (sortable, but not now)


class PortalTable(tables.Table):
    """Declare columns as in django-tables2; `render_<name>` and `value_<name>` work as there."""

    class Meta:
        template_name = "lists/table.html"

    def __init__(self, rows, *, model=None, order_by=(), shown=None, extra_columns=(), request=None):
        super().__init__(
            PageData(rows, model),
            extra_columns=extra_columns,
            sequence=_sequence(extra_columns),
            order_by=(),
            orderable=True,
            default=DASH,
        )
        self._order_by = OrderByTuple(order_by)
        self._shown = shown
        self.request = request

    # --- What is declared ---------------------------------------------------------------------------------
    @classmethod
    def declared(cls) -> dict[str, Column]:
        return cls.base_columns

    @classmethod
    def sortable(cls) -> set[str]:
        """The whitelist of orderings: nothing else ever reaches the database."""
        return {name for name, column in cls.base_columns.items() if column.orderable is not False}

    @cached_property
    def screen_columns(self) -> list[tables.columns.BoundColumn]:
        return [c for c in self.columns.iterall() if c.column.visible and self._is_chosen(c)]

    @cached_property
    def file_columns(self) -> list[tables.columns.BoundColumn]:
        """As on screen, plus those declared for files only."""
        return [
            c
            for c in self.columns.iterall()
            if not c.column.exclude_from_export and (not c.column.visible or self._is_chosen(c))
        ]

    def _is_chosen(self, bound) -> bool:
        if self._shown is not None and bound.name in self.base_columns:
            return bound.name in self._shown or _is_fixed(bound.column)
        return not getattr(bound.column, "hidden", False)

    # --- On the page --------------------------------------------------------------------------------------
    @cached_property
    def headers(self) -> list[Header]:
        return [self._header(bound) for bound in self.screen_columns]

    def _header(self, bound) -> Header:
        css = getattr(bound.column, "css", "")
        if not bound.orderable:
            return Header(bound.name, bound.header, css, "", "")
        aria = ""
        if bound.is_ordered:
            aria = "descending" if bound.order_by_alias.is_descending else "ascending"
        return Header(bound.name, bound.header, css, str(bound.order_by_alias.next), aria)

    @cached_property
    def cell_openings(self) -> list[SafeString]:
        """The opening tag of each cell; phones show the label before the value."""
        openings = []
        for bound in self.screen_columns:
            css = getattr(bound.column, "css", "")
            attribute = format_html(' class="{}"', css) if css else ""
            openings.append(format_html('<td{} data-label="{}">', attribute, bound.header))
        return openings

    def body(self) -> Iterator[tuple[object, list[tuple[SafeString, object]]]]:
        """(record, [(opening tag, content), …]) a row."""
        readers = [self._screen_reader(bound) for bound in self.screen_columns]
        for record in self.data:
            yield (
                record,
                [(tag, read(record)) for tag, read in zip(self.cell_openings, readers, strict=True)],
            )

    def _screen_reader(self, bound) -> Callable:
        read = value_reader(bound.accessor)
        label = self._label_of(bound)
        render = self._renderer(bound, f"render_{bound.name}", bound.column.render)
        empty, default, link = bound.column.empty_values, bound.default, bound.link

        def cell(record):
            value = read(record)
            if value in empty:
                return default
            raw, value = value, label(value)
            content = render(value=value, record=record, raw=raw)
            if link:
                return link(content, value=value, record=record, bound_column=bound, column=bound.column)
            return conditional_escape(content)

        return cell

    def _renderer(self, bound, name: str, fallback: Callable) -> Callable:
        """Calls the function with those of (value, record, table, column) that it names, and no inspection a cell."""
        badge = getattr(bound.column, "badge", None)
        function = getattr(self, name, None)
        if function is None and badge is not None:
            return lambda value, record, raw: badge(raw, str(value))
        function = function or fallback
        wanted = set(inspect.signature(function).parameters)
        fixed = {k: v for k, v in {"table": self, "column": bound.column}.items() if k in wanted}
        if wanted == {"value"}:
            return lambda value, record, raw: function(value=value)

        def call(value, record, raw):
            given = {"value": value, "record": record}
            return function(**{k: v for k, v in given.items() if k in wanted}, **fixed)

        return call

    def _label_of(self, bound) -> Callable:
        choices = self._choices(bound)
        return (lambda value: choices.get(value, value)) if choices else (lambda value: value)

    def _choices(self, bound) -> dict:
        """A field with choices is shown by its labels."""
        if self.data.model is None:
            return {}
        try:
            field = bound.accessor.get_field(self.data.model)
        except FieldDoesNotExist:
            return {}
        return dict(getattr(field, "flatchoices", None) or ())

    # --- In files -----------------------------------------------------------------------------------------
    def fields(self) -> list[Field]:
        return [
            Field(str(c.header), getattr(c.column, "kind", "text"), getattr(c.column, "places", None))
            for c in self.file_columns
        ]

    @cached_property
    def file_paths(self) -> list[str] | None:
        """Paths for `values_list`, or None when a column needs the whole record."""
        if any(self._needs_record(bound) for bound in self.file_columns):
            return None
        return ["__".join(bound.accessor.bits) for bound in self.file_columns]

    def _needs_record(self, bound) -> bool:
        has_method = hasattr(self, f"value_{bound.name}") or (
            hasattr(self, f"render_{bound.name}") and not isinstance(bound.column, Column)
        )
        return has_method or callable_accessor(bound) or not _is_stored(self.data.model, bound)

    def file_readers(self) -> list[Callable]:
        """From a record to a typed value, column by column."""
        return [self._record_reader(bound) for bound in self.file_columns]

    def file_converters(self) -> list[Callable | None]:
        """From values of `values_list` to typed values, a column at once; None where they are that already."""
        return [self._column_converter(bound) for bound in self.file_columns]

    def _record_reader(self, bound) -> Callable:
        function = getattr(self, f"value_{bound.name}", None)
        if function is not None:
            wanted = set(inspect.signature(function).parameters)
            read = value_reader(bound.accessor)

            def call(record):
                given = {"record": record, "value": read(record) if "value" in wanted else None}
                return function(**{k: v for k, v in given.items() if k in wanted})

            return call
        read, convert = value_reader(bound.accessor), self._converter(bound)
        return read if convert is None else lambda record: convert(read(record))

    def _column_converter(self, bound) -> Callable | None:
        if labels := self._file_labels(bound):
            return lambda values: list(map(labels.get, values, values))
        convert = self._converter(bound)
        return None if convert is None else lambda values: list(map(convert, values))

    def _file_labels(self, bound) -> dict:
        upper = getattr(bound.column, "upper", False)
        return {
            value: str(label).upper() if upper else str(label)
            for value, label in self._choices(bound).items()
        }

    def _converter(self, bound) -> Callable | None:
        if labels := self._file_labels(bound):
            return lambda value: labels.get(value, value)
        plain = getattr(type(bound.column), "to_file", Column.to_file) is Column.to_file
        return None if plain else bound.column.to_file


def _sequence(extra_columns) -> list[str]:
    """Boxes before the columns (or after them, where they confirm the row), the menu of actions at the end."""
    names = [name for name, _column in extra_columns]
    last = any(name == "_selection" and column.selection.last for name, column in extra_columns)
    order = ("...", "_selection", "_actions") if last else ("_selection", "...", "_actions")
    return [name for name in order if name == "..." or name in names]


def _is_fixed(column) -> bool:
    return getattr(column, "fixed", False)


def callable_accessor(bound) -> bool:
    return not isinstance(bound.accessor, str)


def _is_stored(model, bound) -> bool:
    """Can the database give the value by its path? Annotations are; properties and methods are not."""
    if model is None:
        return False
    first, *rest = bound.accessor.bits
    if not rest and hasattr(model, first):
        return any(first in (f.name, getattr(f, "attname", "")) for f in model._meta.get_fields())
    return True


def value_reader(accessor) -> Callable:
    """How to take the value from a record or a dict; None where the path breaks off."""
    if callable(accessor) and not isinstance(accessor, str):
        return accessor
    bits, whole = accessor.bits, "__".join(accessor.bits)

    def read(record):
        if isinstance(record, dict) and whole in record:  # a row of sums: the path is the name
            return record[whole]
        for bit in bits:
            record = record.get(bit) if isinstance(record, dict) else getattr(record, bit, None)
            if record is None:
                return None
        return record() if callable(record) and not hasattr(record, "all") else record

    return read
