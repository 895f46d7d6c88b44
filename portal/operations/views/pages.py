"""Begin, steps, confirmation, outcome."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from portal.accounts import fresh, mfa_services
from portal.operations.declare import Gate, Refusal
from portal.operations.forms import NotifyForm
from portal.operations.models import Draft, ServiceRequest
from portal.operations.services import drafts, filing
from portal.operations.step import Step
from portal.operations.views.base import CONFIRM, OUTCOME, FlowView
from portal.operations.views.documents import gate_rows

DIALOG = "flow-dialog"  # where pop-ups open, in `operations/popup_host.html`


class Begin(FlowView):
    """A fresh draft; one that nobody has touched yet is taken again. «?linea=12» chooses that object."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._begin()

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._begin()

    def _begin(self) -> HttpResponse:
        untouched = self.drafts().filter(state=Draft.State.OPEN, revision=0)
        self.draft = untouched.first() or drafts.begin(flow=self.flow.name, access=self.access)
        for step in self.steps:
            step.preset(self.request)
        first = self.first_open()
        return redirect(self.step_url(first) if first else self.last_page())


class Submits(FlowView):
    """Views that file."""

    def unproven(self) -> HttpResponse | None:
        """Where the person proves who they are once more, where the flow asks for that (B-08)."""
        if not self.flow.fresh_factor or mfa_services.is_fresh(self.request):
            return None
        return fresh.demand(self.request, self.url("confirm"))

    def submit(self) -> list[ServiceRequest]:
        form = NotifyForm(self.request.POST)
        notify = form.cleaned_data["avviso"] if form.is_valid() else ""
        return filing.submit(draft=self.draft, access=self.access, notify=notify)


class StepPage(Submits):
    def get(self, request: HttpRequest, draft, step) -> HttpResponse:
        here, away = self.reach(step)
        if away is None and request.htmx and request.htmx.target == DIALOG:
            return HttpResponseClientRedirect(self.step_url(here))  # a whole page does not fit into a pop-up
        return away or here.partial(request) or self._show(here)

    def post(self, request: HttpRequest, draft, step) -> HttpResponse:
        here, away = self.reach(step)
        if away:
            return away
        if (answered := here.partial(request)) is not None:
            return answered
        try:
            stored = here.save(request)
            if stored is True:
                return self._go_on(here)
        except drafts.DraftGone:
            return self.lost()
        return stored or self._show(here)

    def _go_on(self, here: Step) -> HttpResponse:
        later = self.steps[self.steps.index(here) + 1 :]
        if later:
            return redirect(self.step_url(later[0]))
        if self.flow.gate != Gate.PLAIN:
            return redirect(self.url("confirm"))
        if away := self.incomplete():
            return away
        try:
            self.submit()
        except Refusal as refusal:
            return self._show(here, str(refusal))
        return redirect(self.url("outcome"))

    def _show(self, step: Step, refusal: str = "") -> HttpResponse:
        index = self.steps.index(step)
        back = self.step_url(self.steps[index - 1]) if index else ""
        files_now = self.flow.gate == Gate.PLAIN and step is self.steps[-1]
        context = {
            "step": step,
            "back_url": back,
            "refusal": refusal,
            "notify_form": NotifyForm() if files_now and self.flow.can_notify else None,
            **step.context(self.request),
        }
        return self.page(step.template, context, step.name)


class Confirm(Submits):
    """«Conferma dei dati»: nothing is filed before every document was downloaded (S-13)."""

    def get(self, request: HttpRequest, draft) -> HttpResponse:
        return self._away() or self._page()

    def post(self, request: HttpRequest, draft) -> HttpResponse:
        if away := self._away() or self.unproven():
            return away
        if request.POST.get("revision") not in (None, str(self.draft.revision)):
            return self._page(_("I dati sono cambiati in un'altra scheda: controllali di nuovo."))
        try:
            self.submit()
        except drafts.DraftGone:
            return self.lost()
        except Refusal as refusal:
            return self._page(str(refusal))
        return redirect(self.url("outcome"))

    def _away(self) -> HttpResponse | None:
        return self.gone() or self.incomplete()

    def _page(self, error: str = "") -> HttpResponse:
        missing = self.declared.missing_documents()
        context = {
            "documents": gate_rows(self),
            "ready": not missing,
            "gated": self.flow.gate == Gate.DOCUMENTS,
            "question": self.declared.question() if self.flow.gate == Gate.POPUP else None,
            "refusal": error,
            "notify_form": NotifyForm(self.request.POST or None) if self.flow.can_notify else None,
            "back_url": self.step_url(self.steps[-1]) if self.steps else "",
            "here_url": self.url("confirm"),
        }
        part = self._part()
        if part != "operations/gate.html":
            context["summary"] = self.declared.summary()
        return self.page(part, context, CONFIRM)

    def _part(self) -> str:
        """The whole page, or what htmx wants of it."""
        target = self.request.htmx.target if self.request.htmx else ""
        parts = {"gate": "operations/gate.html", DIALOG: "operations/popup.html"}
        return parts.get(target, "operations/confirm.html")


class Discard(FlowView):
    """«ANNULLA»."""

    def post(self, request: HttpRequest, draft) -> HttpResponse:
        if away := self.gone():
            return away
        drafts.discard(self.draft)
        messages.info(request, _("Richiesta annullata: non è stato inviato nulla."))
        return redirect(self.home_url())


class Outcome(FlowView):
    def get(self, request: HttpRequest, draft) -> HttpResponse:
        if self.draft.is_open:
            return redirect(self.last_page())
        filed = ServiceRequest.objects.filter(draft=self.draft, filed_by=request.user).select_related("order")
        return self.page("operations/outcome.html", {"filed": filed, "begin_url": self.url("")}, OUTCOME)
