"""The pages that activation and changes share: how it is paid, by whom, on which conditions."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import PayBy, Payment, SavedMethod
from billing.payments import services as payments
from billing.sealing import Unreadable, seal, unseal
from portal.contracts.places.forms import FIELDS, AddressFields
from portal.forms import IbanField, MobileField, TaxCodeField
from portal.identifiers import mask_iban
from portal.operations.forms import DraftForm
from portal.operations.services import drafts
from portal.operations.step import Step
from portal.operations.steps import FormStep

SEALED = "sealed"


def opened(values: dict) -> dict:
    """The answers of a step that were put away sealed."""
    if SEALED not in values:
        return values
    try:
        return unseal(values[SEALED])
    except Unreadable:
        return {}


class SealedForm(DraftForm):
    """Answers that a copy of the database must not tell."""

    def to_draft(self) -> dict:
        return {SEALED: seal(super().to_draft())}

    @classmethod
    def stored(cls, values: dict, flow) -> DraftForm:
        return super().stored(opened(values), flow)


class SealedStep(FormStep):
    def context(self, request: HttpRequest) -> dict:
        if self.form is None:
            answers = opened(self.draft.values.get(self.name, {}))
            self.form = self.form_class(initial=self.initial() | answers, flow=self.flow)
        return super().context(request)


# --- Who ----------------------------------------------------------------------------------------------------------------
class TaxCodeForm(DraftForm):
    tax_code = TaxCodeField(
        label=_("Codice Fiscale personale"),
        help_text=_("Controllalo: su questo codice vengono intestate le fatture personali."),
    )


class TaxCodeStep(FormStep):
    name, label, form_class = "codice", _("Codice fiscale"), TaxCodeForm
    intro = "billing/tim_tuo/tax_code_intro.html"

    def initial(self):
        return {"tax_code": self.access.user.tax_code}


class PersonForm(DraftForm):
    first_name = forms.CharField(
        label=_("Nome"), max_length=60, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Cognome"), max_length=60, widget=forms.TextInput({"autocomplete": "family-name"})
    )


class PersonStep(FormStep):
    name, label, form_class = "persona", _("Dati personali"), PersonForm
    intro = "billing/tim_tuo/person_intro.html"

    def initial(self):
        """Filled in where the code is that of this person; a stranger's code tells nothing of the stranger."""
        user, line = self.access.user, self.flow.line
        code = self.flow.values("codice").get("tax_code")
        if code == user.tax_code:
            return {"first_name": user.first_name, "last_name": user.last_name}
        if code == line.holder_tax_code:
            return {"first_name": line.holder_first_name, "last_name": line.holder_last_name}
        return {}

    def context(self, request):
        return super().context(request) | {"tax_code": self.flow.values("codice").get("tax_code")}


class AddressForm(AddressFields, DraftForm):
    pass


class AddressStep(FormStep):
    name, label, form_class = "indirizzo", _("Indirizzo"), AddressForm
    intro = "billing/tim_tuo/address_step_intro.html"

    def initial(self):
        account = self.flow.account
        known = account.address_fields if account else {}
        return {name: known[name] for name in FIELDS if name in known}


# --- How ----------------------------------------------------------------------------------------------------------------
class PayByForm(DraftForm):
    pay_by = forms.ChoiceField(
        label=_("Modalità di pagamento"),
        choices=PayBy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Scegli come pagare le fatture.")},
    )


class PayByStep(FormStep):
    name, label, form_class = "pagamento", _("Pagamento"), PayByForm


class CardStep(Step):
    """The card is given on the provider's page; here stands what any receipt shows of it."""

    name, label, template = "carta", _("Carta"), "billing/tim_tuo/card_step.html"

    @property
    def applies(self) -> bool:
        return self.flow.pay_by == PayBy.CARD

    def payment(self) -> Payment | None:
        reference = self.draft.values.get(self.name, {}).get("payment", "")
        mine = Payment.objects.filter(user=self.draft.user, purpose=Payment.Purpose.CARD)
        return mine.filter(reference=reference).select_related("method").first() if reference else None

    def card(self) -> SavedMethod | None:
        payment = self.payment()
        if payment is None or payment.state != Payment.State.PAID:
            return None
        return payment.method if payment.method and payment.method.removed_at is None else None

    @property
    def done(self) -> bool:
        return self.card() is not None

    def context(self, request: HttpRequest) -> dict:
        return {"card": self.card(), "payment": self.payment(), "submit": _t("AVANTI")}

    def recap(self):
        card = self.card()
        return [(_t("Carta"), str(card))] if card else []

    def save(self, request: HttpRequest) -> HttpResponse | bool:
        if request.POST.get("action") != "card":
            return self.done
        try:
            payment = payments.start(
                user=request.user,
                line=self.flow.line,
                amount=0,
                purpose=Payment.Purpose.CARD,
                saves_method=True,
                back_to=request.path,
            )
        except payments.NotPossible as refusal:
            messages.error(request, str(refusal))
            return False
        drafts.change(self.draft, step=self.name, values={"payment": payment.reference})
        return redirect("billing:card-payment", payment.reference)


class BankForm(SealedForm):
    iban = IbanField(
        label=_("IBAN"), help_text=_("Di un conto italiano, bancario o postale: IT e altri 25 caratteri.")
    )


class BankStep(SealedStep):
    name, label, form_class = "conto", _("Conto"), BankForm

    @property
    def applies(self) -> bool:
        return self.flow.pay_by == PayBy.BANK

    def recap(self):
        iban = opened(self.draft.values.get(self.name, {})).get("iban", "")
        return [(_t("IBAN"), mask_iban(iban))] if iban else []


class HolderForm(AddressFields, SealedForm):
    with_attention = with_hamlet = False

    holder_first_name = forms.CharField(label=_("Nome dell'intestatario del conto"), max_length=60)
    holder_last_name = forms.CharField(label=_("Cognome dell'intestatario del conto"), max_length=60)
    field_order = ("holder_first_name", "holder_last_name")


class HolderStep(SealedStep):
    name, label, form_class = "intestatario", _("Intestatario"), HolderForm
    intro = "billing/tim_tuo/holder_intro.html"

    @property
    def applies(self) -> bool:
        return self.flow.pay_by == PayBy.BANK

    def initial(self):
        person = self.flow.person
        return {
            "holder_first_name": person.first_name,
            "holder_last_name": person.last_name,
            **self.flow.billing_address,
        }

    def context(self, request):
        return super().context(request) | {"person": self.flow.person}

    def recap(self):
        answers = opened(self.draft.values.get(self.name, {}))
        name = f"{answers.get('holder_first_name', '')} {answers.get('holder_last_name', '')}".strip()
        return [(_t("Intestatario del conto"), name)] if name else []


# --- On which conditions ------------------------------------------------------------------------------------------------
class TermsForm(DraftForm):
    sms = forms.ChoiceField(
        label=_("Vuoi un SMS quando è fatto?"),
        choices=(("no", _("No")), ("si", _("Sì"))),
        widget=forms.RadioSelect,
    )
    sms_number = MobileField(label=_("Numero di cellulare per l'SMS"), required=False)
    accept = forms.BooleanField(
        label=_("Ho letto e accetto le condizioni del servizio TIM TUO"),
        help_text=_("Le scarichi nel prossimo passo, prima di inviare."),
        error_messages={"required": _("Per proseguire devi accettare le condizioni del servizio.")},
    )

    def clean(self):
        data = super().clean()
        if data.get("sms") == "si" and not data.get("sms_number") and "sms_number" not in self.errors:
            self.add_error("sms_number", _("Scrivi il numero a cui mandare l'SMS."))
        return data


class TermsStep(FormStep):
    name, label, form_class = "condizioni", _("Condizioni"), TermsForm

    def initial(self):
        return {"sms": "no"}
