"""What one request asks of a declared list: filters, search, order, page, columns.

The page, the file that comes at once and the file written in the background all read the same Listing.
"""

from __future__ import annotations

from functools import cached_property

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_tables2.utils import OrderBy

from portal.lists.columns import ActionsColumn, SelectionColumn
from portal.lists.filters import Chip, LineSearchForm
from portal.lists.paging import ListPaginator, rows_between

SORT, PAGE, SIZE, SEARCH = "ordina", "pagina", "righe", "linea"


class Listing:
    """A list page looked at with certain parameters. `prefix` tells several lists of one page apart."""

    def __init__(
        self, page, params: QueryDict, *, prefix: str = "", path: str = "", preference=None, columns=None
    ):
        self.declared = page  # the ListPage
        self.params = params
        self.prefix = prefix
        self.path = path
        self.preference = preference
        self._columns = columns

    def name(self, parameter: str) -> str:
        return f"{self.prefix}-{parameter}" if self.prefix else parameter

    @property
    def id(self) -> str:
        return f"list-{self.prefix}" if self.prefix else "list"

    # --- Narrowing ----------------------------------------------------------------------------------------
    @cached_property
    def search_form(self) -> LineSearchForm | None:
        finder = self.declared.search
        return LineSearchForm(self.params, prefix=self.prefix or None, finder=finder) if finder else None

    @cached_property
    def filterset(self):
        if self.declared.filters is None:
            return None
        return self.declared.filters(
            data=self._filter_data,
            queryset=self.declared.scoped(),
            prefix=self.prefix or None,
            access=self.declared.access,
        )

    @cached_property
    def _filter_data(self) -> QueryDict:
        """What the reader typed; at the first visit, what the list starts from."""
        initial = self.declared.initial_filters()
        if not initial or any(self.name(name) in self.params for name in initial):
            return self.params
        data = self.params.copy()
        for name, value in initial.items():
            data[self.name(name)] = value
        return data

    @cached_property
    def filtered(self) -> QuerySet:
        """Every row found, in no order. Bad input narrows nothing, unless the filters say otherwise."""
        queryset = self.declared.scoped()
        if self.filterset is not None:
            good = self.filterset.is_valid()
            queryset = self.filterset.qs if good else self.filterset.when_wrong(queryset)
        if self.searched:
            queryset = self.declared.search.find(queryset, self.searched)
        return self.declared.cut(queryset)

    @cached_property
    def searched(self) -> str:
        form = self.search_form
        return form.cleaned_data[SEARCH] if form is not None and form.is_valid() else ""

    @cached_property
    def chips(self) -> list[tuple[Chip, str]]:
        """(chip, address without it)."""
        chips = self.filterset.chips() if self.filterset is not None else []
        if self.searched:
            chips.insert(0, Chip(SEARCH, self.declared.search.label, self.searched))
        return [(chip, self._without(chip)) for chip in chips]

    def _without(self, chip: Chip) -> str:
        params = self.params.copy()
        for parameter in list(params):
            bare = parameter.removeprefix(f"{self.prefix}-") if self.prefix else parameter
            if chip.owns(bare):
                del params[parameter]
        for name in self.declared.initial_filters():
            if chip.owns(name):
                params[self.name(name)] = ""
        params.pop(self.name(PAGE), None)
        return self._address(params)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chips)

    @cached_property
    def filter_count(self) -> int:
        return sum(chip.name != SEARCH for chip, _url in self.chips)

    @property
    def filterset_open(self) -> bool:
        """Folded until it matters: a filter at work, or a mistake to put right."""
        return bool(self.filter_count) or not self.filterset.form.is_valid()

    @cached_property
    def has_errors(self) -> bool:
        forms = [self.search_form, self.filterset.form if self.filterset is not None else None]
        return any(form is not None and not form.is_valid() for form in forms)

    # --- Order --------------------------------------------------------------------------------------------
    @cached_property
    def order_by(self) -> tuple[str, ...]:
        """Names of columns, with a minus for descending; whatever is not a sortable column is ignored."""
        asked = [OrderBy(part.strip()) for part in self.params.get(self.name(SORT), "").split(",")]
        allowed = [part for part in asked if part.bare in self.declared.table.sortable()]
        return tuple(str(part) for part in allowed[:2]) or tuple(self.declared.default_order)

    @cached_property
    def ordered(self) -> QuerySet:
        columns = self.declared.table.base_columns
        paths: list[str] = []
        for part in self.order_by:
            column = columns.get(OrderBy(part).bare)
            sources = column.order_by if column is not None and column.order_by else None
            if sources is None:
                sources = [getattr(column, "accessor", None) or OrderBy(part).bare]
            paths += [_signed(str(source).replace(".", "__"), part) for source in sources]
        return self.filtered.order_by(*paths, *self._tie_breaker(paths))

    def _tie_breaker(self, paths: list[str]) -> tuple[str, ...]:
        """The last word in every order, in the direction of the first: one index serves both."""
        if self.filtered.query.group_by is not None or self.filtered._fields is not None:
            return tuple(p for p in self.declared.group_order if p not in {x.lstrip("-") for x in paths})
        return ("-pk",) if paths and paths[0].startswith("-") else ("pk",)

    # --- Page ---------------------------------------------------------------------------------------------
    @cached_property
    def count(self) -> int:
        unfiltered = not self.chips
        fast = self.declared.fast_count(self.filtered, unfiltered)
        return self.filtered.count() if fast is None else fast

    @cached_property
    def page_size(self) -> int:
        asked = self.params.get(self.name(SIZE), "")
        kept = self.preference.page_size if self.preference is not None else None
        for size in (int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else None, kept):
            if size in self.declared.page_sizes:
                return size
        return self.declared.page_size

    @cached_property
    def page(self):
        paginator = ListPaginator(self.ordered, self.page_size, self.count)
        page = paginator.nearest(self.params.get(self.name(PAGE), 1))
        start = (page.number - 1) * self.page_size
        page.object_list = rows_between(self.ordered, start, start + self.page_size, self.count)
        return page

    @property
    def totals(self) -> str:
        return f"{self.declared.totals} {self.count}"

    @property
    def pager_words(self) -> str:
        page = self.page
        return _("%(first)s - %(last)s di %(count)s %(noun)s - Pagina %(page)s") % {
            "first": page.start_index(),
            "last": page.end_index(),
            "count": self.count,
            "noun": self.declared.noun,
            "page": page.number,
        }

    @cached_property
    def pages(self) -> list[tuple[object, str]]:
        """(number or «…», address) of the pages worth showing."""
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)
        return [(n, self.address(pagina=n) if isinstance(n, int) else "") for n in numbers]

    @property
    def previous_url(self) -> str:
        return self.address(pagina=self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self.address(pagina=self.page.next_page_number()) if self.page.has_next() else ""

    # --- Columns ------------------------------------------------------------------------------------------
    @cached_property
    def shown_columns(self) -> tuple[str, ...] | None:
        if self._columns is not None:
            return tuple(self._columns)
        kept = self.preference.columns if self.preference is not None else None
        return tuple(kept) if kept else None

    @cached_property
    def table(self):
        return self.make_table(self.page.object_list)

    def make_table(self, rows):
        extra = []
        if self.declared.selection is not None:
            extra.append(("_selection", SelectionColumn(self.declared.selection)))
        if self.declared.has_row_actions:
            extra.append(("_actions", ActionsColumn(self.declared.render_actions)))
        return self.declared.table(
            rows,
            model=self.filtered.model,
            order_by=self.order_by,
            shown=self.shown_columns,
            extra_columns=extra,
            request=self.declared.request,
        )

    @cached_property
    def headers(self) -> list[tuple[object, str]]:
        """(header, address that sorts by it)."""
        return [
            (header, self.address(ordina=header.order_next, pagina=None) if header.order_next else "")
            for header in self.table.headers
        ]

    @cached_property
    def column_choices(self) -> list[tuple[str, object, bool]]:
        """(name, label, is it shown) of the columns a reader may switch on and off."""
        shown = {bound.name for bound in self.table.screen_columns}
        return [
            (bound.name, bound.header, bound.name in shown)
            for bound in self.table.columns.iterall()
            if bound.column.visible and not getattr(bound.column, "fixed", False)
        ]

    # --- Addresses ----------------------------------------------------------------------------------------
    def address(self, **changes) -> str:
        """This list with other parameters; None drops one."""
        params = self.params.copy()
        for name, value in changes.items():
            if value is None:
                params.pop(self.name(name), None)
            else:
                params[self.name(name)] = str(value)
        return self._address(params)

    def _address(self, params: QueryDict) -> str:
        text = params.urlencode()
        return f"{self.path}?{text}" if text else self.path

    @property
    def here(self) -> str:
        return self._address(self.params)

    @property
    def reset_url(self) -> str:
        """Without search, filters and page; order and size stay."""
        params = self.params.copy()
        own = {self.name(SORT), self.name(SIZE)}
        for parameter in list(params):
            mine = not self.prefix or parameter.startswith(f"{self.prefix}-")
            if mine and parameter not in own:
                del params[parameter]
        return self._address(params)

    @property
    def other_params(self) -> list[tuple[str, str]]:
        """What a filter form must carry along: everything but its own fields and the page."""
        own = {self.name(PAGE)}
        for form in (self.search_form, self.filterset.form if self.filterset is not None else None):
            own |= _inputs_of(form)
        return [(key, value) for key, values in self.params.lists() if key not in own for value in values]


def _inputs_of(form) -> set[str]:
    if form is None:
        return set()
    names: set[str] = set()
    for field in form:
        suffixes = getattr(field.field.widget, "suffixes", None)
        names |= {f"{field.html_name}_{s}" for s in suffixes} if suffixes else {field.html_name}
    return names


def _signed(path: str, part: str) -> str:
    """The path in the direction of the order; a path that is itself descending turns round."""
    down = part.startswith("-") != path.startswith("-")
    return f"-{path.lstrip('-')}" if down else path.lstrip("-")
