"""«Scrivici» (7.7.4): whatever has no page of its own."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import CallbackPhoneField
from portal.operations.forms import DraftForm, NoteField
from support.operations.common import HelpFlow, HelpRequest, HelpStep, choices

REASONS = choices(
    ("commerciale", _("Commerciale")),
    ("amministrativa", _("Amministrativa e fatturazione")),
    ("tecnica", _("Tecnica")),
    ("portale", _("Uso del portale")),
    ("altro", _("Altro")),
)


class ContactForm(DraftForm):
    reason = forms.ChoiceField(label=_("Causale"), choices=REASONS)
    phone = CallbackPhoneField(label=_("Telefono"))
    note = NoteField(label=_("Note"))


class ContactRequest(HelpRequest):
    row, kind, title = "29", "contact", _("Invio segnalazione")
    form = ContactForm


class ContactStep(HelpStep):
    form_class = ContactForm
    intro = "support/contact_intro.html"


class ContactFlow(HelpFlow):
    name, function, operations, steps = "scrivici", "7.7.4", (ContactRequest,), (ContactStep,)
