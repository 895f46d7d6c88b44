"""The steps of a guided request: each knows whether it is done, what its page shows, and how to store an answer."""

from __future__ import annotations

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.operations.choosing import LinesStep
from portal.operations.forms import DraftForm
from portal.operations.models import DraftUpload
from portal.operations.services import drafts, uploads
from portal.operations.step import Step

MOST_RECAPPED = 8

__all__ = ["FormStep", "LinesStep", "Step"]


class FormStep(Step):
    name = "dati"
    label = pgettext_lazy("passo", "Dati")
    template = "operations/form_step.html"
    form_class: type[DraftForm]
    submit: object = gettext_lazy("AVANTI")

    def __init__(self, flow):
        super().__init__(flow)
        self.form: DraftForm | None = None

    def initial(self) -> dict:
        """What the form starts from; what was answered before wins."""
        return {}

    @property
    def done(self) -> bool:
        return self.name in self.draft.values and self._still_right()

    def _still_right(self) -> bool:
        stored = self.form_class.stored(self.draft.values[self.name], self.flow)
        stored.remember_uploads(self._kept())
        return stored.is_valid()

    def _kept(self) -> dict[str, DraftUpload]:
        return {upload.field: upload for upload in self.draft.uploads.all()}

    def context(self, request: HttpRequest) -> dict:
        if self.form is None:
            initial = self.initial() | self.draft.values.get(self.name, {})
            self.form = self.form_class(initial=initial, flow=self.flow)
            self.form.remember_uploads(self._kept())
        return {"form": self.form, "submit": self.submit}

    def recap(self) -> list[tuple[object, object]]:
        form = self.form_class.stored(self.draft.values.get(self.name, {}), self.flow)
        shown = [(field.label, _words(field)) for field in form.visible_fields()]
        return [(label, words) for label, words in shown if words][:MOST_RECAPPED]

    def save(self, request: HttpRequest) -> HttpResponse | bool:
        self.form = self.form_class(request.POST, request.FILES, flow=self.flow)
        self.form.remember_uploads(self._kept())
        good = self.form.is_valid()
        # A file that was taken is kept although another field is wrong: nobody uploads twice.
        for field, checked in self.form.uploads().items():
            uploads.keep(self.draft, field=field, checked=checked)
        if not good:
            self.form.remember_uploads(self._kept())
            return False
        drafts.change(self.draft, step=self.name, values=self.form.to_draft())
        return True


def _words(field: BoundField) -> str:
    """An answer as the person chose it."""
    value = field.value()
    if isinstance(value, bool):
        return str(_("Sì") if value else _("No"))
    values = value if isinstance(value, list | tuple) else [value]
    choices = {str(key): str(label) for key, label in getattr(field.field, "choices", ())}
    return ", ".join(choices.get(str(one), str(one)) for one in values if one not in (None, ""))
