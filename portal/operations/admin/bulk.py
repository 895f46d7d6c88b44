"""Steps on several requests at once. Each request goes through its own service; what cannot go is said."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.operations import desk_forms as forms
from portal.operations.models import ServiceRequest
from portal.operations.services import desk

WORK, ASSIGN = desk.WORK, "operations.assign_request"


class BulkMixin:
    actions = ("take_chosen", "do_chosen", "release_chosen", "assign_chosen", "rank_chosen", "refuse_chosen")

    def has_work_permission(self, request) -> bool:
        return request.user.has_perm(WORK)

    def has_assign_permission(self, request) -> bool:
        return request.user.has_perm(ASSIGN)

    @admin.action(description=_("Prendi in carico"), permissions=("work",))
    def take_chosen(self, request, queryset):
        self._each(request, queryset, lambda one: desk.take(request=one, actor=request.user))

    @admin.action(description=_("Rimetti in coda"), permissions=("work",))
    def release_chosen(self, request, queryset):
        self._each(request, queryset, lambda one: desk.release(request=one, actor=request.user))

    @admin.action(description=_("Esegui tutte le righe (pratiche in carico a me)"), permissions=("work",))
    def do_chosen(self, request, queryset):
        self._each(request, queryset, lambda one: _do_all(one, request.user))

    @admin.action(description=_("Assegna…"), permissions=("assign",))
    def assign_chosen(self, request, queryset):
        return self._asking(request, queryset, forms.AssignForm, _t("Assegna le pratiche scelte"))

    @admin.action(description=_("Cambia la precedenza…"), permissions=("assign",))
    def rank_chosen(self, request, queryset):
        return self._asking(request, queryset, forms.PriorityForm, _t("Cambia la precedenza"))

    @admin.action(description=_("Scarta con un motivo…"), permissions=("assign",))
    def refuse_chosen(self, request, queryset):
        return self._asking(request, queryset, forms.RefuseAnyForm, _t("Scarta le pratiche scelte"))

    def _asking(self, request, queryset, form_class: type[forms.DeskForm], title: str):
        """One question for all of them, on a page of its own."""
        chosen = list(queryset[:200])
        asked = "apply" in request.POST
        form = form_class(request.POST if asked else None, found=chosen[0], auto_id="bulk-%s")
        if asked and form.is_valid():
            return self._each(request, chosen, lambda one: form.on(one).act(request.user))
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "chosen": chosen,
            "form": form,
            "action": request.POST.get("action", ""),
        }
        return TemplateResponse(request, "admin/operations/servicerequest/bulk.html", context)

    def _each(self, request, chosen, step: Callable[[ServiceRequest], object]) -> None:
        done, refused = 0, []
        for one in chosen:
            try:
                step(one)
                done += 1
            except desk.Refused as reason:
                refused.append(f"{one.number}: {reason}")
        if done:
            words = ngettext("Fatto per %(count)d pratica.", "Fatto per %(count)d pratiche.", done)
            self.message_user(request, words % {"count": done}, messages.SUCCESS)
        for words in refused[:10]:
            self.message_user(request, words, messages.WARNING)


def _do_all(one: ServiceRequest, actor) -> None:
    outcome = desk.do_items(request=one, item_ids=None, actor=actor)
    if outcome.refusals:
        raise desk.Refused("; ".join(list(outcome.refusals.values())[:3]))
