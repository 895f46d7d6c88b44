"""«Reintegro scorta calda di SIM» (7.3.11): inactive postpaid cards sent to be kept ready."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.models import SimCard
from lines.services import sims
from portal.accounts import risk
from portal.contracts.models import Address
from portal.contracts.places.forms import FIELDS, AddressFields, initial_of
from portal.forms import CallbackPhoneField
from portal.operations.declare import Filing, Flow, Item, Operation
from portal.operations.forms import DraftForm
from portal.operations.services import shipments
from portal.operations.steps import FormStep
from portal.operations.summary import Section

MOST = 500  # of one kind (Q40)
SEAT = ("seat", "company")
CONTACT = ("contact", "phone", "fax", "email")


class Restock(Operation):
    row, kind, title = "15", "spare-sims", _("Reintegro scorta calda di SIM")
    promise = timedelta(days=10)
    one_at_a_time = False
    risky = risk.Action.SIM_ORDER

    def details(self, request):
        return [(_t("Consegna a"), request.values["recipient"]), (_t("Indirizzo"), request.values["address"])]

    def describe(self, item):
        return _t("Quantità: %(count)d") % {"count": item.values["count"]}

    def fulfil(self, item):
        kind, count = item.values["kind"], item.values["count"]
        sims.restock(contract=item.request.contract, kind=kind, count=count)

    def finished(self, request):
        """The cards leave in one parcel."""
        done = request.items.filter(state="done")
        shipments.prepare(
            request=request,
            contents=", ".join(f"{item.values['count']} {item.label}" for item in done)[:200],
            recipient=request.values["recipient"][:120],
            address=request.values["address"][:200],
        )


class StockForm(AddressFields, DraftForm):
    with_attention = False

    seat = forms.CharField(label=_("Sede"), max_length=60, required=False)
    company = forms.CharField(label=_("Denominazione"), max_length=60, required=False)
    contact = forms.CharField(label=_("Referente sede"), max_length=60, required=False)
    phone = CallbackPhoneField(label=_("Telefono"), required=False)
    fax = CallbackPhoneField(label=_("Numero fax"), required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in SimCard.Kind:
            self.fields[kind.value] = forms.IntegerField(
                label=kind.label,
                min_value=0,
                max_value=MOST,
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "0"}),
            )
        self.fields["civic"].label = _("Numero civico")
        self.fields["postal_code"].label = _("Cap")

    def clean(self):
        data = super().clean()
        asked = [data.get(kind.value) for kind in SimCard.Kind]
        if not any(asked) and not any(kind.value in self.errors for kind in SimCard.Kind):
            raise forms.ValidationError(_("Scrivi almeno una quantità maggiore di zero."))
        return data

    # --- The three parts of the page ----------------------------------------------------------------------
    @property
    def parts(self) -> list[tuple]:
        address = [name for name in FIELDS if name in self.fields]
        return [
            (_("Quantità"), self._fields([kind.value for kind in SimCard.Kind])),
            (_("Riferimenti per la consegna delle SIM"), self._fields([*SEAT, *address])),
            (_("Dati referente della consegna"), self._fields(CONTACT)),
        ]

    def _fields(self, names) -> list:
        return [self[name] for name in names]


class StockStep(FormStep):
    template, form_class = "lines/operations/parts.html", StockForm
    intro = "lines/operations/stock_intro.html"

    def initial(self):
        """The SIMs go where the papers go, unless another place is said (Q40)."""
        contract = self.draft.contract
        return initial_of(contract.papers_address) | {"company": contract.organization.name[:60]}


class StockFlow(Flow):
    name, function, operations = "scorta-calda", "7.3.11", (Restock,)
    steps = (StockStep,)

    def quantities(self) -> list[tuple[SimCard.Kind, int]]:
        answers = self.values("dati")
        return [(kind, answers[kind.value]) for kind in SimCard.Kind if answers.get(kind.value)]

    def address(self) -> Address:
        answers = self.values("dati")
        return Address(**{name: answers.get(name, "") for name in FIELDS})

    def filings(self):
        answers = self.values("dati")
        recipient = ", ".join(filter(None, (answers["company"], answers["seat"], answers["contact"])))
        values = answers | {
            "recipient": recipient or self.draft.contract.organization.name,
            "address": str(self.address()),
        }
        items = [
            Item(None, str(kind.label), "", {"kind": kind.value, "count": count})
            for kind, count in self.quantities()
        ]
        yield Filing(Restock, items, values)

    def sections(self):
        answers, address = self.values("dati"), self.address()
        return [
            Section(_t("Quantità"), [(kind.label, count) for kind, count in self.quantities()]),
            Section(
                _t("Riferimenti per la consegna delle SIM"),
                [
                    (_t("Sede"), answers["seat"]),
                    (_t("Denominazione"), answers["company"]),
                    (_t("Indirizzo"), address),
                    (_t("Frazione"), address.hamlet),
                ],
            ),
            Section(
                _t("Dati referente della consegna"),
                [
                    (_t("Referente sede"), answers["contact"]),
                    (_t("Telefono"), answers["phone"]),
                    (_t("Numero fax"), answers["fax"]),
                    (_t("E-mail"), answers["email"]),
                ],
            ),
        ]
