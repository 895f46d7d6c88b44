"""«Assistenza su Servizi» (7.7.9): faults of the portal and of the web services."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.forms import MobileField
from portal.operations.forms import DraftForm, NoteField
from support.operations.common import HelpFlow, HelpRequest, HelpStep, answers_in_words, choices

SERVICES = choices(
    ("portale", _("Portale della Convenzione")),
    ("ebill", _("eBill")),
    ("tem", _("Modulo TEM")),
    ("timtuo", _("TIM TUO")),
    ("smas", _("SMAS (Net Profiler)")),
    ("emm", _("EMM")),
    ("fleet", _("Fleet management")),
    ("messaggistica", _("Servizi di messaggistica")),
    ("payment", _("Mobile Payment")),
    ("smart", _("Smart working")),
    ("altro", _("Altro")),
)
LONGEST = 1000


class WebForm(DraftForm):
    name = forms.CharField(label=_("Nome e cognome"), max_length=80)
    mobile = MobileField(label=_("Numero mobile"))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    service = forms.ChoiceField(label=_("Servizi TIM"), choices=SERVICES)
    used_before = forms.ChoiceField(
        label=_("Hai già usato il servizio?"),
        choices=(("si", _("Sì")), ("no", _("No"))),
        widget=forms.RadioSelect,
        required=False,
    )
    browser = forms.CharField(
        label=_("Versione del browser"), help_text=_("Per esempio Firefox 145."), max_length=80
    )
    user_id = forms.CharField(
        label=_("User ID del servizio"),
        help_text=_("Non scrivere mai la password."),
        max_length=80,
        required=False,
    )
    trouble = forms.CharField(
        label=_("Descrizione disservizio"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )
    message = NoteField(label=_("Messaggio di errore visualizzato"), required=False)
    note = NoteField(label=_("Note"), required=False)
    began_on = forms.DateField(
        label=_("Data di inizio"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    began_at = forms.TimeField(
        label=_("Ora di inizio"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )

    def clean(self):
        data = super().clean()
        day, moment = data.get("began_on"), data.get("began_at")
        if moment and not day and "began_on" not in self.errors:
            self.add_error("began_on", _("Scrivi anche la data."))
        if day and day > clock.today():
            self.add_error("began_on", _("Scrivi una data che non sia nel futuro."))
        elif day and moment and datetime.combine(day, moment, tzinfo=clock.ROME) > clock.now():
            self.add_error("began_at", _("Scrivi un'ora che non sia nel futuro."))
        return data

    def to_draft(self):
        moment = self.cleaned_data.get("began_at")
        return super().to_draft() | {"began_at": f"{moment:%H:%M}" if moment else ""}


class WebHelp(HelpRequest):
    row, kind, title = "32", "web-services", _("Assistenza su Servizi")
    form = WebForm

    def details(self, request):
        year, month, day = (request.values.get("began_on") or "--").split("-")
        shown = f"{day}/{month}/{year}" if year else ""
        return answers_in_words(self.form, request.values | {"began_on": shown})


class WebStep(HelpStep):
    form_class = WebForm

    def initial(self):
        return super().initial() | {"mobile": self.draft.user.mobile_number}


class WebFlow(HelpFlow):
    name, function, operations, steps = "assistenza-servizi", "7.7.9", (WebHelp,), (WebStep,)
