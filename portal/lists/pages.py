"""The list page: one declaration gives the page, its sorting, paging, totals, columns and files.

    class LineInventory(ListPage):
        function = "7.2.2.1"
        queryset = SimCard.objects.inventory()      # has for_access, or is a function of access
        table, filters = LineInventoryTable, LineFilters
        search = LineFinder(number="line__number", iccid="iccid")
        default_order = ("number",)
        export = Export("ConsistenzaDettaglioLinee", queued=True)

See docs/lists.md.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Manager, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views import View

from portal.contracts.views import Serves
from portal.lists import actions
from portal.lists.declarations import Empty, Export, RowAction, Selection
from portal.lists.filters import LineFinder, PortalFilterSet
from portal.lists.listing import Listing
from portal.lists.preferences import preference_of
from portal.lists.tables import PortalTable

NOTHING_FOUND = Empty(_("Nessun risultato con questa ricerca."), _("Mostra tutto"))


class ListPage(Serves, View):
    """Declare; override a method only where the declaration cannot say it."""

    queryset: QuerySet | Manager | None = None
    table: type[PortalTable]
    filters: type[PortalFilterSet] | None = None
    search: LineFinder | None = None
    default_order: tuple[str, ...] = ()  # names of columns
    group_order: tuple[str, ...] = ()  # for lists of sums: the paths that make their order complete
    page_sizes: tuple[int, ...] = (10, 25, 50, 100)
    page_size = 10
    totals = _("Tot. record")
    noun = _("record")
    empty = Empty()
    export: Export | None = None
    only_export = False  # no list on screen, only the button that asks for the file
    selection: Selection | None = None
    above_template = ""  # drawn above the table: a bulk bar, a note
    template_name = "lists/page.html"
    choose_columns = True
    search_words, reset_words = _("CERCA"), _("RESETTA")

    # --- What may be overridden ---------------------------------------------------------------------------
    def get_queryset(self) -> QuerySet:
        """The rows this access may see."""
        queryset = type(self).queryset
        if isinstance(queryset, QuerySet | Manager):
            return queryset.all().for_access(self.access)
        if queryset is None:
            raise ImproperlyConfigured(f"{type(self).__name__} declares no queryset")
        return queryset(self.access)

    def initial_filters(self) -> dict[str, str]:
        """What is filtered before the reader has chosen anything."""
        return {}

    def fast_count(self, queryset: QuerySet, unfiltered: bool) -> int | None:
        """A total read from a summary; None counts the rows."""
        return None

    def cut(self, found: QuerySet) -> QuerySet:
        """Where a list has a limit: the rows found that may be shown and downloaded."""
        return found

    def row_actions(self, record) -> list[RowAction]:
        return []

    def get_context(self) -> dict:
        """More for the template of the page."""
        return {}

    # --- Machinery ----------------------------------------------------------------------------------------
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        scoped = isinstance(cls.queryset, QuerySet | Manager)
        if scoped and not hasattr(cls.queryset, "for_access"):
            raise ImproperlyConfigured(f"the queryset of {cls.__name__} has no for_access")
        if (
            callable(cls.queryset)
            and not scoped
            and not isinstance(cls.__dict__.get("queryset"), staticmethod)
        ):
            cls.queryset = staticmethod(cls.queryset)

    @classmethod
    def key(cls) -> str:
        """The dotted path of the declaration: what preferences and waiting exports remember."""
        return f"{cls.__module__}.{cls.__qualname__}"

    @classmethod
    def detached(cls, access, **kwargs) -> ListPage:
        """Without a request: for jobs, and for lists shown inside another page."""
        page = cls()
        page.access, page.kwargs, page.request = access, kwargs, None
        return page

    def setup(self, request: HttpRequest, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.access = request.access

    def scoped(self) -> QuerySet:
        if not hasattr(self, "_scoped"):
            self._scoped = self.get_queryset()
        return self._scoped

    @property
    def has_row_actions(self) -> bool:
        return type(self).row_actions is not ListPage.row_actions

    def render_actions(self, record) -> str:
        found = self.row_actions(record)
        context = {"actions": found, "record": record}
        return render_to_string("lists/row_actions.html", context, request=self.request) if found else ""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self.respond(listing_of(self, request))

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Choices of the reader (columns, page size) and exports."""
        listing = listing_of(self, request)
        return actions.act(request, listing) or self.respond(listing)

    def respond(self, listing: Listing) -> HttpResponse:
        answer = partial(self.request, listing)
        if answer is None:
            context = {"list": listing, "page_title": None, **self.get_context()}
            answer = _private(render(self.request, self.template_name, context))
        return answer


def listing_of(page: ListPage, request: HttpRequest, prefix: str = "") -> Listing:
    preference = preference_of(request, page.key())
    return Listing(page, request.GET, prefix=prefix, path=request.path, preference=preference)


def embedded(request: HttpRequest, page_class: type[ListPage], *, prefix: str, **kwargs) -> Listing:
    """A list inside another page: `{% include "lists/list.html" with list=... %}`. `kwargs` are its `self.kwargs`.

    The host calls `answer(request, listing, …)` first: it serves partial updates, exports and choices.
    """
    page = page_class.detached(request.access, **kwargs)
    page.request = request
    return listing_of(page, request, prefix)


def answer(request: HttpRequest, *listings: Listing) -> HttpResponse | None:
    """What one of the lists of this page has to answer, or None when the whole page is wanted."""
    for listing in listings:
        if request.method == "POST" and request.POST.get("list") == listing.id:
            return actions.act(request, listing)
    return next((found for listing in listings if (found := partial(request, listing))), None)


def partial(request: HttpRequest, listing: Listing) -> HttpResponse | None:
    """Only the list, for htmx; the whole page when the reader goes back in the history."""
    if not request.htmx or request.htmx.history_restore_request or request.htmx.target != listing.id:
        return None
    return _private(render(request, "lists/partial.html", {"list": listing}))


def _private(response: HttpResponse) -> HttpResponse:
    """The same address answers with a page or a part of it, and both are the reader's own."""
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    response["Cache-Control"] = "no-store"
    return response


def query_of(text: str) -> QueryDict:
    return QueryDict(text)
