"""Choosing objects from a declared list: across pages, all that were found, by a pasted list or a file."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.identifiers import InvalidIdentifier, line_search
from portal.lists import ListPage, Selection, answer
from portal.lists.pages import listing_of
from portal.operations import matching
from portal.operations.models import RequestItem
from portal.operations.services import drafts
from portal.operations.step import Step

CHOSEN, ONLY_CHOSEN = "scelte", "1"


class LinesStep(Step):
    """Declare `list_page` (its rows are the objects) and, where not every row may be chosen, `eligible` and `reason`."""

    name = "linee"
    label = gettext_lazy("Linee")
    template = "operations/lines_step.html"
    list_page: type[ListPage]
    single: bool = False
    by_list: bool = True  # also by a pasted list or a file
    submit: object = gettext_lazy("PROSEGUI")

    def __init__(self, flow):
        super().__init__(flow)
        self.error = ""

    # --- What a declaration may say -----------------------------------------------------------------------
    def scope(self) -> QuerySet:
        """What the list shows: every row that may be seen here."""
        return self.list_page.detached(self.access).scoped()

    def eligible(self) -> QuerySet:
        """What may be chosen, of what the list shows."""
        return self.scope()

    def reason(self, record) -> str:
        """Why a row that is not eligible cannot be chosen."""
        state = record.get_state_display() if hasattr(record, "get_state_display") else ""
        return (
            _("Non si può scegliere: è %(state)s.") % {"state": state}
            if state
            else _("Non si può scegliere qui.")
        )

    def keys(self, text: str) -> list[tuple[str, str]]:
        """(path, value) an entry of a pasted list may be read as. Raise `InvalidIdentifier` with words."""
        finder = self.list_page.search
        read = [(finder.number, s.number) if s.number else (finder.iccid, s.iccid) for s in line_search(text)]
        keys = [(path, value) for path, value in read if path]
        if not keys:
            raise InvalidIdentifier(_("Non è un numero di 10 cifre né un ICCID."))
        return keys

    def label_of(self, record) -> str:
        """How the row is called by a screen reader."""
        return str(record)

    def check(self) -> str:
        """Why this choice as a whole cannot go on, or nothing."""
        return ""

    # --- What follows -------------------------------------------------------------------------------------
    def choosable(self) -> QuerySet:
        """Eligible, and without the same request still open (S-28)."""
        held = RequestItem.objects.filter(kind__in=self.flow.kinds(), holds=True, subject_id__isnull=False)
        return (
            self.eligible().exclude(pk__in=held.values("subject_id"))
            if self.flow.kinds()
            else self.eligible()
        )

    def chosen(self) -> QuerySet:
        """The objects chosen, cut to what may be chosen now."""
        return self.choosable().filter(pk__in=self.draft.items.values("subject_id"))

    @classmethod
    def can_import(cls) -> bool:
        return cls.by_list and not cls.single and cls.list_page.search is not None

    @property
    def done(self) -> bool:
        count = self.draft.items.count()
        return 0 < count == self.chosen().count() and not self.check()

    def listing(self, request: HttpRequest):
        """The list with its boxes: ticked, free, or the reason why not."""
        page = self.list_page.detached(self.access)
        page.request = request
        if request.GET.get(CHOSEN) == ONLY_CHOSEN:
            page._scoped = page.scoped().filter(pk__in=self.draft.items.values("subject_id"))
        page.selection = Selection(form="choice", name="lines", single=self.single, label=self.label_of)
        listing = listing_of(page, request)
        shown = {record.pk for record in listing.page.object_list}
        ticked = set(self.draft.items.filter(subject_id__in=shown).values_list("subject_id", flat=True))
        reasons = matching.refused(self, shown - ticked)
        page.selection = replace(
            page.selection,
            selected=lambda record: record.pk in ticked,
            reason=lambda record: reasons.get(record.pk, ""),
        )
        listing.shown_values = sorted(shown - set(reasons))
        return listing

    def context(self, request: HttpRequest) -> dict:
        listing = self.listing(request)
        only_chosen = request.GET.get(CHOSEN) == ONLY_CHOSEN
        return {
            "list": listing,
            "shown": listing.shown_values,
            "chosen_count": self.draft.items.count(),
            "single": self.single,
            "submit": self.submit,
            "choice_error": self.error,
            "import_url": f"{request.path}elenco/" if self.can_import() else "",
            "only_chosen": only_chosen,
            "chosen_url": request.path if only_chosen else f"{request.path}?{CHOSEN}={ONLY_CHOSEN}",
        }

    def recap(self) -> list[tuple[object, object]]:
        count = self.draft.items.count()
        if count > 1:
            return [(_("Righe scelte"), count)]
        return [(_("Scelta"), self.label_of(record)) for record in self.chosen()]

    def partial(self, request: HttpRequest) -> HttpResponse | None:
        """The list alone, with the boxes of the new page told to the form."""
        listing = self.listing(request)
        part = answer(request, listing)
        if part is not None and request.htmx and request.htmx.target == listing.id:
            part.write(self._chosen(request, oob=True))
        return part

    def _chosen(self, request: HttpRequest, **more) -> str:
        return render(request, "operations/chosen.html", self.context(request) | more).content.decode()

    def preset(self, request: HttpRequest) -> None:
        """«?linea=12» and «linea» posted: objects chosen elsewhere, from a row or another list."""
        given = request.POST if request.method == "POST" else request.GET
        wanted = numbers(given.getlist("linea"), settings.OPERATIONS["most_subjects"])
        if wanted:
            found = self.choosable().filter(pk__in=wanted)
            drafts.choose_all(self.draft, found, limit=1 if self.single else len(wanted))

    def save(self, request: HttpRequest) -> HttpResponse | bool:
        self._keep(request)
        wanted = request.POST.get("action", "")
        if wanted == "all" and not self.single:
            found = self.listing(request).filtered.order_by().values("pk")
            drafts.choose_all(
                self.draft, self.choosable().filter(pk__in=found), limit=settings.OPERATIONS["most_subjects"]
            )
        elif wanted == "none":
            drafts.unchoose(self.draft)
        if wanted == "next":
            return self._go_on()
        if request.htmx:
            return HttpResponse(self._chosen(request))
        return False

    def _keep(self, request: HttpRequest) -> None:
        """What is ticked on the page that was posted; other pages stay as they are."""
        ticked = numbers(request.POST.getlist("lines"))
        if self.single:
            self._keep_one(ticked)
            return
        shown = numbers(request.POST.getlist("shown"))
        before = set(self.draft.items.filter(subject_id__in=shown).values_list("subject_id", flat=True))
        wanted = ticked & shown
        if gone := before - wanted:
            drafts.unchoose(self.draft, gone)
        if new := wanted - before:
            drafts.choose_all(self.draft, self.choosable().filter(pk__in=new), limit=len(new))

    def _keep_one(self, ticked: set[int]) -> None:
        before = set(self.draft.items.values_list("subject_id", flat=True))
        if len(ticked) == 1 and ticked != before and self.choosable().filter(pk__in=ticked).exists():
            drafts.unchoose(self.draft)
            drafts.choose(self.draft, ticked)

    def _go_on(self) -> bool:
        chosen = self.draft.items.count()
        if not chosen:
            self.error = _("Scegli almeno una riga prima di proseguire.")
        elif chosen > settings.OPERATIONS["most_subjects"]:
            self.error = _("Hai scelto troppe righe: al massimo 100.000 in una richiesta.")
        elif self.chosen().count() != chosen:
            self.error = _(
                "Alcune righe scelte non sono più disponibili: le abbiamo tolte, controlla la scelta."
            )
            drafts.keep_only(self.draft, self.chosen().values("pk"))
        else:
            self.error = self.check()
        return not self.error


def numbers(values: list[str], limit: int = 500) -> set[int]:
    return {int(value) for value in values[:limit] if value.isascii() and value.isdigit() and len(value) < 19}
