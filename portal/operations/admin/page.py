"""The page of one request at the desk: what was asked, and the steps one can do now."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _t

from portal.operations import desk_forms as forms
from portal.operations.admin.bulk import ASSIGN, WORK
from portal.operations.declare import operation_of
from portal.operations.models import CannedAnswer, OrderState, RequestItem, ServiceRequest
from portal.operations.services import desk, shipments
from portal.operations.timeline import events_of

PAGE = 100


@dataclass(frozen=True, slots=True)
class Step:
    form: type[forms.DeskForm]
    permission: str = WORK


STEPS = {
    "take": Step(forms.TakeForm),
    "release": Step(forms.ReleaseForm),
    "bring": Step(forms.BringForm, ASSIGN),
    "assign": Step(forms.AssignForm, ASSIGN),
    "priority": Step(forms.PriorityForm, ASSIGN),
    "do": Step(forms.DoForm),
    "fail": Step(forms.FailForm),
    "refuse": Step(forms.RefuseForm),
    "freeze": Step(forms.FreezeForm),
    "resume": Step(forms.ResumeForm),
    "cease": Step(forms.CeaseForm),
    "note": Step(forms.NoteForm),
    "prepare": Step(forms.PrepareForm),
    "ship": Step(forms.ShipForm),
}


class PageMixin:
    def page_urls(self) -> list:
        document = self.admin_site.admin_view(self.document)
        return [
            path("<int:pk>/documento/<int:document_pk>/", document, name="operations_servicerequest_document")
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        found = self._found(request, unquote(object_id))
        if request.method == "POST":
            return self._step(request, found)
        return self._page(request, found)

    def document(self, request, pk: int, document_pk: int) -> HttpResponse:
        kept = self._found(request, str(pk)).documents.filter(pk=document_pk).first()
        if kept is None:
            raise Http404
        try:
            content = kept.file.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        answer = FileResponse(content, as_attachment=True, filename=kept.name, content_type=kept.content_type)
        answer["Cache-Control"] = "no-store"
        return answer

    # --- Machinery ---
    def _found(self, request, object_id: str) -> ServiceRequest:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def _step(self, request, found: ServiceRequest) -> HttpResponse:
        name = request.POST.get("step", "")
        step = STEPS.get(name)
        if step is None:
            raise Http404
        if not request.user.has_perm(step.permission):
            raise PermissionDenied
        form = step.form(request.POST, found=found, auto_id=f"{name}-%s")
        if not form.is_valid():
            return self._page(request, found, {name: form})
        try:
            self.message_user(request, form.act(request.user), messages.SUCCESS)
        except (desk.Refused, shipments.Refused) as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        return redirect(reverse("admin:operations_servicerequest_change", args=[found.pk]))

    def _page(self, request, found: ServiceRequest, bound: dict | None = None) -> HttpResponse:
        bound = bound or {}
        operation = operation_of(found.kind)
        items = Paginator(_waiting_first(found), PAGE).get_page(request.GET.get("p"))
        offered = offered_steps(found, request.user)
        answers = CannedAnswer.objects.all()
        said = _said(answers, request.GET.get("risposta", ""))
        made = {
            name: bound.get(name)
            or STEPS[name].form(found=found, auto_id=f"{name}-%s", initial=said.get(name))
            for name in offered - {"ship"}
        }
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Pratica %(number)s") % {"number": found.number},
            "opts": self.opts,
            "found": found,
            "order": getattr(found, "order", None),
            "details": operation.details(found),
            "items": items,
            "rows": [(item, operation.describe(item)) for item in items],
            "ticked": _ticked(bound),
            "wrong": next((form for form in bound.values() if form.errors), None),
            "steps": made,
            "ships": _ship_forms(found, bound.get("ship")) if "ship" in offered else [],
            "shipments": found.shipments.all(),
            "documents": found.documents.all(),
            "answers": answers,
            "notes": found.notes.select_related("author"),
            "events": events_of(found, with_words=True, for_staff=True),
        }
        return TemplateResponse(request, "admin/operations/servicerequest/work.html", context)


def _said(answers, key: str) -> dict[str, dict]:
    """What a canned answer writes into the form of a note."""
    chosen = answers.filter(pk=key).first() if key.isascii() and key.isdigit() else None
    return {"note": {"text": chosen.text}} if chosen else {}


def _waiting_first(found: ServiceRequest):
    return found.items.order_by("-state", "pk")  # waiting, failed, done


def _ticked(bound: dict) -> set[int]:
    form = bound.get("do") or bound.get("fail")
    if form is None:
        return set()
    return {int(value) for value in form.data.getlist("items") if value.isascii() and value.isdigit()}


def _ship_forms(found: ServiceRequest, bound: forms.ShipForm | None) -> list[forms.ShipForm]:
    """One a parcel; the one that was posted with a mistake keeps what was typed."""
    made = []
    for one in found.shipments.all():
        posted = bound is not None and bound.data.get("shipment") == str(one.pk)
        form = bound if posted else forms.ShipForm(found=found, shipment=one, auto_id=f"ship{one.pk}-%s")
        form.shown = one
        made.append(form)
    return made


def offered_steps(found: ServiceRequest, user) -> set[str]:
    """What the page offers to this person now; the services look again."""
    steps = {"note", "prepare", "ship"}
    order = getattr(found, "order", None)
    if not found.is_open:
        if order is not None and order.state == OrderState.ACTIVE:
            steps.add("cease")
    elif found.approval == ServiceRequest.Approval.WAITING:
        steps -= {"prepare"}
    elif not found.at_the_desk:
        steps.add("bring")
    else:
        steps |= {"assign", "priority"} | _steps_of_the_worker(found, order, user)
    return {name for name in steps if user.has_perm(STEPS[name].permission)}


def _steps_of_the_worker(found: ServiceRequest, order, user) -> set[str]:
    if found.assigned_to_id is None:
        return {"take"}
    if found.assigned_to_id != user.pk:
        return set()
    frozen = order is not None and order.state == OrderState.FROZEN
    steps = {"release", "resume"} if frozen else {"release", "do", "fail"}
    if order is not None and not frozen:
        steps.add("freeze")
    if not found.items.filter(state=RequestItem.State.DONE).exists():
        steps.add("refuse")
    return steps
