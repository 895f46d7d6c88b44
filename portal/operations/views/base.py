"""What every page of a guided request knows. Each request looks again at the earlier steps."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from portal import functions
from portal.accounts import risk
from portal.contracts.views import Serves
from portal.operations.choosing import LinesStep
from portal.operations.declare import Flow, Gate
from portal.operations.models import Draft
from portal.operations.step import Step

CONFIRM, OUTCOME = "conferma", "esito"


def can_import(step: Step) -> bool:
    return isinstance(step, LinesStep) and step.can_import()


class Guarded(View):
    """After the role: does a SIM swap hold the flow (B-10), and does the contract foresee it at all?"""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        for operation in self.flow.operations:
            if operation.risky and (refusal := risk.refusal(request, operation.risky)):
                return refusal
        return self.closed() or super().dispatch(request, *args, **kwargs)

    def closed(self) -> HttpResponse | None:
        """Where a person is led whose contract does not foresee the flow; a draft must be the person's own first."""
        if self.access.contract is None:
            raise Http404
        if self.flow.is_open_to(self.access):
            return None
        if "draft" in self.kwargs:
            get_object_or_404(self.drafts(), pk=self.kwargs["draft"])
        messages.info(self.request, self.flow.not_open)
        return redirect(self.home_url())


class FlowView(Serves, Guarded):
    flow: type[Flow] = Flow

    def setup(self, request: HttpRequest, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.access = request.access

    @cached_property
    def draft(self) -> Draft:
        return get_object_or_404(self.drafts(), pk=self.kwargs["draft"])

    def drafts(self) -> QuerySet[Draft]:
        """The person's drafts of this flow, on the contract it works on now (S-04)."""
        mine = Draft.objects.filter(
            flow=self.flow.name, user=self.access.user, contract=self.flow.contract_of(self.access)
        )
        return mine.select_related("user", "contract__organization", "contract__agreement")

    @cached_property
    def declared(self) -> Flow:
        return self.flow(self.draft, self.access)

    @cached_property
    def steps(self) -> list[Step]:
        made = [step(self.declared) for step in self.flow.steps]
        return [step for step in made if step.applies]

    def first_open(self) -> Step | None:
        return next((step for step in self.steps if not step.done), None)

    # --- Addresses ----------------------------------------------------------------------------------------
    def url(self, view: str, **kwargs) -> str:
        name = self.request.resolver_match.namespace + ":" + self.flow.name + (f"-{view}" if view else "")
        return reverse(name, kwargs={"draft": self.draft.pk, **kwargs} if view else {})

    def step_url(self, step: Step) -> str:
        return self.url("step", step=step.name)

    def home_url(self) -> str:
        """The page the flow is begun from; the home page where the flow begins by itself."""
        if self.flow.home:
            return reverse(self.flow.home)
        name = functions.get(self.flow.function).url_name
        begun_here = name == f"{self.request.resolver_match.namespace}:{self.flow.name}"
        return reverse(name if name and not begun_here else "site:home")

    def last_page(self) -> str:
        """From where the request is sent."""
        return self.step_url(self.steps[-1]) if self.flow.gate == Gate.PLAIN else self.url("confirm")

    # --- Where else to go ---------------------------------------------------------------------------------
    def gone(self) -> HttpResponse | None:
        """Where a draft that is no longer open leads."""
        return redirect(self.url("outcome")) if self.draft.state == Draft.State.SUBMITTED else None

    def incomplete(self) -> HttpResponse | None:
        """To the first step that is not done, or nothing."""
        step = self.first_open()
        if step is None:
            return None
        messages.info(self.request, _("Completa prima questo passo."))
        return redirect(self.step_url(step))

    def lost(self) -> HttpResponse:
        messages.warning(self.request, _("Questa richiesta è già stata inviata o annullata."))
        return redirect(self.home_url())

    def reach(self, name: str) -> tuple[Step | None, HttpResponse | None]:
        """(the step of that name, None), or (None, where to go instead)."""
        if away := self.gone():
            return None, away
        for step in self.steps:
            if step.name == name:
                return step, None
            if not step.done:
                return None, self.incomplete()
        raise Http404

    # --- Pages --------------------------------------------------------------------------------------------
    def page(self, template: str, context: dict, here: str) -> HttpResponse:
        shared = self.flow.frame(self.request) | {
            "flow": self.declared,
            "draft": self.draft,
            "page_title": self.declared.title,
            "steps": self._stepper(here),
            "discard_url": self.url("discard"),
            "recap": self._recap(here),
        }
        answer = render(self.request, template, shared | context)
        answer["Cache-Control"] = "no-store"
        return answer

    def _recap(self, here: str) -> list[tuple]:
        """What the steps before this one hold; the confirmation shows all of it anyway."""
        found = []
        for step in self.steps:
            if step.name == here:
                return found
            found.append((step.label, self.step_url(step), step.recap()))
        return []

    def _stepper(self, here: str) -> list[tuple]:
        names = [step.name for step in self.steps]
        labels = [step.label for step in self.steps]
        urls = [self.step_url(step) for step in self.steps]
        if self.flow.gate != Gate.PLAIN:
            names, labels, urls = [*names, CONFIRM], [*labels, _("Conferma")], [*urls, self.url("confirm")]
        names, labels, urls = [*names, OUTCOME], [*labels, _("Esito")], [*urls, ""]
        now = names.index(here) if here in names else 0
        return [
            (
                label,
                "done" if i < now else "now" if i == now else "todo",
                url if i < now and here != OUTCOME else "",
            )
            for i, (label, url) in enumerate(zip(labels, urls, strict=True))
        ]
