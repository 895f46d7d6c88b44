"""The bank's answers at the desk: a file, and what became of each of its rows."""

from __future__ import annotations

from collections import Counter

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.tim_tuo import answers
from billing.tim_tuo.pain002 import LARGEST, BadFile

SHOWN = 1_000


class AnswersForm(forms.Form):
    file = forms.FileField(
        label=_("File degli esiti (pain.002)"),
        help_text=_(
            "Il file XML che la banca manda dopo la disposizione. Lo stesso file due volte non cambia nulla."
        ),
        widget=forms.ClearableFileInput({"accept": ".xml,application/xml,text/xml"}),
        error_messages={"required": _("Scegli il file degli esiti."), "empty": _("Il file è vuoto.")},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("Il file è troppo grande: al massimo 50 MB."))
        return file


class Answers:
    """Mixed into the admin of batches: the page to upload answers on, beside the file they answer."""

    change_list_template = "admin/billing/debitbatch/list.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.answers_page)
        return [path("esiti/", view, name="billing_debitbatch_answers"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        extra = {"may_answer": request.user.has_perm("billing.change_debit")}
        return super().changelist_view(request, extra | (extra_context or {}))

    def answers_page(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("billing.change_debit"):
            raise PermissionDenied
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = AnswersForm(*posted)
        report = None
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                report = _report(answers.take(file, actor=request.user, name=file.name))
            except BadFile as fault:
                form.add_error("file", str(fault))
        context = self.admin_site.each_context(request) | {
            "title": _t("Esiti degli addebiti SEPA"),
            "opts": self.model._meta,
            "form": form,
            "report": report,
        }
        answer = render(request, "admin/billing/debitbatch/answers.html", context)
        answer["Cache-Control"] = "no-store"
        return answer


def _report(rows) -> dict:
    """What needs a look first; of a very long file the rest is counted."""
    counts, to_look_at, others = Counter(), [], []
    for row in rows:
        counts[row.became] += 1
        kept = to_look_at if row.is_to_look_at else others
        if len(kept) < SHOWN:
            kept.append(row)
    shown = (to_look_at + others)[:SHOWN]
    return {
        "rows": shown,
        "counts": [(became.label, counts[became]) for became in answers.Became if counts[became]],
        "total": counts.total(),
        "left_out": counts.total() - len(shown),
    }
