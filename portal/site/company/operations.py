"""What the ROA asks about referents (7.1.2) and about the two addresses (7.1.3)."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.contracts import changes
from portal.contracts.models import Address, Referent
from portal.contracts.places.forms import AddressFields, initial_of
from portal.forms import MobileField, TaxCodeField
from portal.identifiers import show_mobile
from portal.lists import ListPage, RowAction
from portal.operations.declare import Filing, Flow, Gate, Item, Operation, Unworkable
from portal.operations.forms import DraftForm
from portal.operations.steps import FormStep, LinesStep
from portal.site.company import hooks
from portal.site.company.lists import ReferentList

# The Master is changed through the legal representative, the Mandatario likewise (R3, R4).
OPEN_ROLES = (Referent.Role.EBILL, Referent.Role.TRAFFIC_MANAGER, Referent.Role.MESSAGING)
ADDRESS_FIELD = {hooks.INVOICE: "invoice_address", hooks.PAPERS: "papers_address"}


# --- Referents --------------------------------------------------------------------------------------------------
class ReplaceReferent(Operation):
    row, kind, title = "1", "referent-replace", _("Sostituzione referente")
    promise = timedelta(days=2)

    def details(self, request):
        values = request.values
        name = f"{values['last_name']} {values['first_name']}".strip()
        return [
            (_t("Nuovo referente"), name),
            (_t("C.F. personale"), values["tax_code"]),
            (_t("N° mobile"), show_mobile(values["mobile_number"])),
            (_t("E-mail"), values["email"]),
        ]

    def fulfil(self, item):
        names = ("tax_code", "mobile_number", "email", "last_name", "first_name")
        person = {name: item.request.values[name] for name in names}
        try:
            changes.replace_referent(referent=_referent_of(item), person=person)
        except changes.NotChanged as refusal:
            raise Unworkable(str(refusal)) from None


class EditReferent(Operation):
    row, kind, title = "2", "referent-edit", _("Modifica contatti referente")
    promise = timedelta(days=1)

    def details(self, request):
        return [
            (_t("N° mobile"), show_mobile(request.values["mobile_number"])),
            (_t("E-mail"), request.values["email"]),
        ]

    def fulfil(self, item):
        contacts = {name: item.request.values[name] for name in ("mobile_number", "email")}
        try:
            changed = changes.change_contacts(referent=_referent_of(item), contacts=contacts)
        except changes.NotChanged as refusal:
            raise Unworkable(str(refusal)) from None
        if not changed:
            raise Unworkable(_t("I contatti erano già questi."))


def _referent_of(item) -> Referent:
    found = Referent.objects.select_related("contract").filter(pk=item.subject_id).first()
    if found is None:
        raise Unworkable(_t("Il referente non c'è più."))
    return found


class ReferentChoicePage(ReferentList):
    template_name = "lists/page.html"
    row_actions = ListPage.row_actions


class ReferentChoice(LinesStep):
    list_page, single, by_list = ReferentChoicePage, True, False
    label = _("Referente")

    def eligible(self):
        return self.scope().filter(role__in=OPEN_ROLES)

    def reason(self, record):
        return _t("Lo può cambiare solo il rappresentante legale.")

    def label_of(self, record):
        return str(record)


class PersonForm(DraftForm):
    mobile_number = MobileField(label=_("N° mobile aziendale"))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))

    def clean_mobile_number(self):
        """Two of a kind with one number would be one person twice."""
        number, referent = self.cleaned_data["mobile_number"], self.flow.referent
        same = Referent.objects.current().filter(
            contract=self.flow.draft.contract, role=referent.role, mobile_number=number
        )
        if same.exclude(pk=referent.pk).exists():
            raise ValidationError(_("Un altro referente dello stesso tipo ha già questo numero."))
        return number


class ReplaceForm(PersonForm):
    field_order = ("tax_code", "mobile_number", "email", "last_name", "first_name")

    tax_code = TaxCodeField(label=_("C.F. personale"))
    last_name = forms.CharField(label=_("Cognome"), max_length=60, required=False)
    first_name = forms.CharField(label=_("Nome"), max_length=60, required=False)

    def clean_tax_code(self):
        code = self.cleaned_data["tax_code"]
        if code == self.flow.referent.tax_code:
            raise ValidationError(
                _("È già questo referente: per il numero o l'e-mail usa «Modifica contatti».")
            )
        return code


class EditForm(PersonForm):
    def clean(self):
        data, referent = super().clean(), self.flow.referent
        same = all(data.get(name) == getattr(referent, name) for name in ("mobile_number", "email"))
        if not self.errors and same:
            raise ValidationError(_("Non hai cambiato nulla."))
        return data


class _ReferentStep(FormStep):
    submit = _("SALVA")
    intro = "company/referent_intro.html"

    def context(self, request):
        more = {
            "referent": self.flow.referent,
            "known": self.known(),
            "replaces": isinstance(self, ReplaceStep),
        }
        return super().context(request) | more

    def known(self) -> list[Referent]:
        return []


class ReplaceStep(_ReferentStep):
    form_class = ReplaceForm

    def known(self) -> list[Referent]:
        """Other referents of the contract, who may take this task too; each person once."""
        others = (
            Referent.objects.current().for_access(self.access).exclude(tax_code=self.flow.referent.tax_code)
        )
        return list({referent.tax_code: referent for referent in others.order_by("-pk")}.values())

    def context(self, request):
        """«?noto=7» fills the form with a referent who is known."""
        chosen = next((r for r in self.known() if str(r.pk) == request.GET.get("noto")), None)
        if chosen is not None and self.form is None:
            names = ("tax_code", "mobile_number", "email", "last_name", "first_name")
            self.form = self.form_class(
                initial={name: getattr(chosen, name) for name in names}, flow=self.flow
            )
        return super().context(request)


class EditStep(_ReferentStep):
    form_class = EditForm

    def initial(self):
        return {"mobile_number": self.flow.referent.mobile_number, "email": self.flow.referent.email}


class _ReferentFlow(Flow):
    function, gate = "7.1.2", Gate.PLAIN

    @cached_property
    def referent(self) -> Referent:
        return ReferentChoice(self).chosen().get()

    def kinds(self):
        """One open request on a referent, of whichever of the two kinds."""
        return (ReplaceReferent.kind, EditReferent.kind)

    def item(self) -> Item:
        return Item(self.referent.pk, str(self.referent)[:80])


class ReplaceFlow(_ReferentFlow):
    name, operations, steps = "sostituisci-referente", (ReplaceReferent,), (ReferentChoice, ReplaceStep)
    title = _("Sostituisci referente")

    def filings(self):
        answers = self.values("dati")
        yield Filing(ReplaceReferent, [self.item()], answers | _names_of(answers))


class EditFlow(_ReferentFlow):
    name, operations, steps = "modifica-referente", (EditReferent,), (ReferentChoice, EditStep)
    title = _("Modifica contatti referente")

    def filings(self):
        yield Filing(EditReferent, [self.item()], self.values("dati"))


def _names_of(answers: dict) -> dict[str, str]:
    """As typed, or as the portal knows the person of this tax code."""
    if answers["last_name"] or answers["first_name"]:
        return {}
    code = answers["tax_code"]
    known = Referent.objects.filter(tax_code=code).first() or User.objects.filter(tax_code=code).first()
    return {"last_name": known.last_name, "first_name": known.first_name} if known else {}


# --- Addresses --------------------------------------------------------------------------------------------------
class _ChangeAddress(Operation):
    promise = timedelta(days=2)
    address: str = ""

    def details(self, request):
        values = request.values
        address = Address(**{name: values.get(name, "") for name in changes.ADDRESS_FIELDS})
        return [(_t("Nuovo indirizzo"), address), (_t("All'attenzione di"), address.attention)]

    def fulfil(self, item):
        contract = item.request.contract
        moved = changes.move_address(
            contract=contract, field=ADDRESS_FIELD[self.address], values=item.request.values
        )
        if not moved:
            raise Unworkable(_t("L'indirizzo era già questo."))


class ChangeInvoiceAddress(_ChangeAddress):
    row, kind, address = "3", "invoice-address", hooks.INVOICE
    title = _("Modifica indirizzo di spedizione della fattura aziendale")


class ChangePapersAddress(_ChangeAddress):
    row, kind, address = "4", "papers-address", hooks.PAPERS
    title = _("Modifica indirizzo di spedizione della documentazione del traffico")


class AddressForm(AddressFields, DraftForm):
    field_order = (
        "attention", "street_type", "street", "civic", "province", "municipality", "postal_code", "hamlet",
    )  # fmt: skip

    def clean(self):
        data = super().clean()
        present = initial_of(self.flow.present)
        if not self.errors and all(data[name] == present.get(name, "") for name in changes.ADDRESS_FIELDS):
            raise ValidationError(_("Non hai cambiato nulla."))
        return data


class AddressStep(FormStep):
    name, label, submit = "indirizzo", _("Indirizzo"), _("SALVA")
    form_class = AddressForm
    intro = "company/address_intro.html"

    def initial(self):
        return initial_of(self.flow.present)

    def context(self, request):
        return super().context(request) | {"is_invoice": self.flow.operations[0].address == hooks.INVOICE}


class _AddressFlow(Flow):
    function, gate, steps = "7.1.3", Gate.PLAIN, (AddressStep,)

    @cached_property
    def present(self) -> Address | None:
        """The address as it stands: it stays until the request is closed (R2)."""
        return getattr(self.draft.contract, ADDRESS_FIELD[self.operations[0].address])

    def filings(self):
        contract = self.draft.contract
        yield Filing(self.operations[0], [Item(contract.pk, contract.number)], self.values("indirizzo"))


class InvoiceAddressFlow(_AddressFlow):
    name, operations = "indirizzo-fatture", (ChangeInvoiceAddress,)
    title = _("Modifica dati di spedizione fatture")


class PapersAddressFlow(_AddressFlow):
    name, operations = "indirizzo-documentazione", (ChangePapersAddress,)
    title = _("Modifica dati di spedizione documentazione")


# --- On the pages -----------------------------------------------------------------------------------------------
@hooks.referent_action(10)
def replace_action(access, referent: Referent) -> RowAction | None:
    if referent.role not in OPEN_ROLES:
        return None
    return RowAction(_t("Sostituisci"), f"{reverse('company:sostituisci-referente')}?linea={referent.pk}")


@hooks.referent_action(20)
def edit_action(access, referent: Referent) -> RowAction | None:
    if referent.role not in OPEN_ROLES:
        return None
    return RowAction(_t("Modifica contatti"), f"{reverse('company:modifica-referente')}?linea={referent.pk}")


@hooks.address_action(10)
def address_action(access, contract, kind: str) -> RowAction:
    flow = InvoiceAddressFlow if kind == hooks.INVOICE else PapersAddressFlow
    return RowAction(_t("MODIFICA"), reverse(f"company:{flow.name}"))
