"""What every request for help shares: one form, one button, worked at the desk, no order and no gate (S-13)."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import CallbackPhoneField
from portal.operations.declare import Filing, Flow, Gate, Item, Operation
from portal.operations.forms import DraftForm
from portal.operations.steps import FormStep
from support import pages


class HelpRequest(Operation):
    promise = timedelta(days=1)
    one_at_a_time = False  # S-28 does not hold for help
    at_the_desk = True
    form: type[DraftForm]

    def details(self, request):
        return answers_in_words(self.form, request.values)


def answers_in_words(form: type[forms.Form], values: dict) -> list[tuple[object, object]]:
    """(label, answer) of the questions that were answered, in the order of the form."""
    found = []
    for name, field in form.base_fields.items():
        choices = {str(key): label for key, label in getattr(field, "choices", ())}
        value = values.get(name)
        if value not in (None, "", []):
            found.append((field.label, choices.get(str(value), value)))
    return found


class FramedFlow(Flow):
    """Looks as the lists and pages of its part do."""

    @staticmethod
    def frame(request):
        return pages.frame(request)


class HelpFlow(FramedFlow):
    gate = Gate.PLAIN

    def line_number(self) -> str:
        """Of the one line it is about, if any."""
        return ""

    def filings(self):
        operation = self.operations[0]
        yield Filing(operation, [Item(None, str(operation.title), self.line_number())], self.values("dati"))


class PersonForm(DraftForm):
    """Who asks, and where to answer (Q55)."""

    name = forms.CharField(label=_("Nome e cognome"), max_length=80)
    phone = CallbackPhoneField(label=_("Telefono"))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class HelpStep(FormStep):
    submit = _("INVIA")

    def initial(self):
        user = self.draft.user
        return {"name": user.get_full_name(), "phone": user.mobile_number, "email": user.email}


def choices(*pairs) -> list[tuple]:
    return [("", _("Scegli")), *pairs]
