"""Help with SMAS (7.6.7) and its credentials (7.6.8). Both file «Servizio RIF», each with a kind of its own."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.operations.forms import NoteField
from support.operations.common import HelpFlow, HelpRequest, HelpStep, PersonForm


class SmasHelpForm(PersonForm):
    reason = NoteField(label=_("Motivo della richiesta"))


class CredentialsForm(SmasHelpForm):
    field_order = ("wanted", "name", "phone", "email", "reason")

    wanted = forms.ChoiceField(
        label=_("Che cosa chiedi"),
        widget=forms.RadioSelect,
        choices=(("new", _("Nuove credenziali")), ("reset", _("Reset password"))),
    )


class SmasHelp(HelpRequest):
    row, kind, title = "27", "smas-help", _("Assistenza su SMAS (Net Profiler)")
    form = SmasHelpForm


class SmasCredentials(HelpRequest):
    row, kind, title = "28", "smas-credentials", _("Reset credenziali SMAS")
    form = CredentialsForm


class SmasHelpStep(HelpStep):
    form_class = SmasHelpForm


class CredentialsStep(HelpStep):
    form_class = CredentialsForm


class SmasHelpFlow(HelpFlow):
    name, function, operations, steps = "assistenza-smas", "7.6.7", (SmasHelp,), (SmasHelpStep,)


class CredentialsFlow(HelpFlow):
    name, function, operations, steps = "credenziali-smas", "7.6.8", (SmasCredentials,), (CredentialsStep,)
