"""Giving a delegation and ending it; the rules of the second yes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.contracts import delegations
from portal.contracts.models import Delegation
from portal.contracts.views import serves
from portal.operations.models import ApprovalRule
from portal.operations.services import approvals
from portal.site.company.delegation_forms import DelegationForm, RuleForm
from portal.site.company.tabs import delegation_tabs

PAGE = ["GET", "HEAD", "POST"]


@require_http_methods(PAGE)
@serves("B2.7")
def delegate(request: HttpRequest) -> HttpResponse:
    form = DelegationForm(_posted(request), access=request.access)
    if form.is_bound and form.is_valid() and form.give():
        person = form.cleaned_data["person"].get_full_name()
        messages.success(
            request, _("Delega data: %(person)s riceve una e-mail con i dettagli.") % {"person": person}
        )
        return redirect("company:delegations")
    title = _("Dai una delega")
    context = {"form": form, "page_title": title, "crumbs": [(title, "")]}
    return render(request, "company/delegate.html", context)


@require_POST
@serves("B2.7")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    delegation = get_object_or_404(Delegation.objects.for_access(request.access), pk=pk)
    if delegations.end(delegation=delegation, access=request.access):
        words = _("La delega di %(person)s è chiusa.") % {"person": delegation.user.get_full_name()}
        messages.success(request, words)
    else:
        messages.info(request, _("Questa delega era già finita."))
    return redirect("company:delegations")


@require_http_methods(PAGE)
@serves("B2.7")
def rules(request: HttpRequest) -> HttpResponse:
    form = RuleForm(_posted(request), access=request.access)
    if form.is_bound and form.is_valid():
        rule = form.save()
        messages.success(
            request, _("Regola salvata per «%(title)s».") % {"title": approvals.title_of(rule.kind)}
        )
        return redirect("company:approval-rules")
    title = _("Regole di approvazione")
    context = {
        "form": form,
        "rules": [_shown(rule) for rule in ApprovalRule.objects.for_access(request.access)],
        "deputies": approvals.deputies(request.access.contract),
        "page_title": title,
        "page_purpose": _("Decidi quali richieste aspettano il sì di una seconda persona."),
        "tabs": delegation_tabs("company:approval-rules"),
        "crumbs": [(title, "")],
    }
    return render(request, "company/approval_rules.html", context)


def _shown(rule: ApprovalRule) -> dict:
    return {"pk": rule.pk, "title": approvals.title_of(rule.kind), "words": approvals.words_of(rule)}


@require_POST
@serves("B2.7")
def remove_rule(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(ApprovalRule.objects.for_access(request.access), pk=pk)
    approvals.remove_rule(access=request.access, rule=rule)
    messages.success(request, _("Regola tolta: le richieste già in attesa aspettano ancora una decisione."))
    return redirect("company:approval-rules")


def _posted(request: HttpRequest):
    return request.POST if request.method == "POST" else None
