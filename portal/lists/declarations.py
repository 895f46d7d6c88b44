"""The small words of a list declaration: what is exported, what an empty list says, what a row offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lists.writers import CSV, XLSX

ALL, PAGE = "all", "page"
SCOPE_LABELS = {
    ALL: gettext_lazy("tutti i record trovati"),
    PAGE: gettext_lazy("solo questa pagina"),
}
FORMAT_LABELS = {XLSX: gettext_lazy("Excel"), CSV: gettext_lazy("csv")}


@dataclass(frozen=True, slots=True)
class Export:
    """`name` is the type shown in «I miei Export» and the name of the file (B.2)."""

    name: str
    queued: bool = False  # always through «I miei Export» (7.2.2); others only above 10,000 rows
    formats: tuple[str, ...] = (XLSX, CSV)
    scopes: tuple[str, ...] = (ALL,)

    def choices(self) -> list[tuple[str, str, str]]:
        """(format, scope, words of the button)."""
        return [
            (file_format, scope, self._words(file_format, scope))
            for scope in self.scopes
            for file_format in self.formats
        ]

    def _words(self, file_format: str, scope: str) -> str:
        label = FORMAT_LABELS[file_format]
        if len(self.scopes) == 1:
            return _("Scarica in %(format)s") % {"format": label}
        return _("%(format)s: %(scope)s") % {"format": label, "scope": SCOPE_LABELS[scope]}


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list without rows says, and what to do next."""

    text: object = gettext_lazy("Non c'è ancora niente da mostrare.")
    label: object = ""
    url: object = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Boxes (or, with `single`, radio buttons) before the rows; `form` is the id of the form they belong to."""

    form: str
    name: str = "lines"
    single: bool = False
    value: Callable = lambda record: record.pk
    label: Callable = str
    selected: Callable = lambda record: False
    reason: Callable = lambda record: ""  # why this row cannot be chosen
    title: object = gettext_lazy("Scelta")
    last: bool = False  # after the columns, where the box confirms what the row says

    @property
    def header(self):
        return self.title

    def cell(self, record) -> SafeString:
        if reason := self.reason(record):
            return format_html('<span class="pc-quiet pc-not-choosable">{}</span>', reason)
        return format_html(
            '<input class="form-check-input" type="{}" name="{}" value="{}" form="{}" aria-label="{}"{}>',
            "radio" if self.single else "checkbox",
            self.name,
            self.value(record),
            self.form,
            f"{self.title}: {self.label(record)}"
            if self.last
            else _("Scegli %(what)s") % {"what": self.label(record)},
            SafeString(" checked") if self.selected(record) else "",
        )


@dataclass(frozen=True, slots=True)
class RowAction:
    """An entry of the row's menu: a link, or with `post` a button that changes something."""

    label: object
    url: str
    post: bool = False
    danger: bool = False
