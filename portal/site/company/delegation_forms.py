"""What a ROA types to entrust a function, and to want a second yes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal import clock, functions, identifiers
from portal.accounts.models import User
from portal.contracts import delegations
from portal.forms import AmountField
from portal.operations.models import ApprovalRule
from portal.operations.services import approvals

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class DelegationForm(forms.Form):
    person = forms.CharField(
        label=_("A chi"),
        max_length=60,
        help_text=_("Numero di cellulare o username di una persona del tuo ente già registrata al portale."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    functions = forms.MultipleChoiceField(
        label=_("Quali funzioni"),
        widget=forms.CheckboxSelectMultiple({"class": "pc-choices-columns"}),
        error_messages={"required": _("Scegli almeno una funzione.")},
    )
    starts_on = forms.DateField(label=_("Dal"), widget=DAY)
    ends_on = forms.DateField(
        label=_("Al"), widget=DAY, help_text=_("Ultimo giorno in cui vale: al massimo un anno.")
    )

    def __init__(self, *args, access, **kwargs):
        self.access = access
        super().__init__(*args, **kwargs)
        self.fields["functions"].choices = _by_section()
        self.initial.setdefault("starts_on", clock.today())
        self.initial.setdefault("ends_on", clock.today() + timedelta(days=30))

    def clean_person(self):
        text = self.cleaned_data["person"].strip()
        found = _account(text)
        if found is None:
            # The same words for an unknown account and one of another organization: nothing can be probed here.
            raise forms.ValidationError(
                _t("Nessuna persona del tuo ente è registrata con questo numero o username.")
            )
        return found

    def give(self) -> bool:
        """False when the service refuses; its words stand beside the field."""
        values = self.cleaned_data
        try:
            delegations.give(
                access=self.access,
                user=values["person"],
                function_ids=values["functions"],
                starts_on=values["starts_on"],
                ends_on=values["ends_on"],
            )
        except delegations.NotGiven as refusal:
            self.add_error(refusal.field, str(refusal))
            return False
        return True


def _by_section() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for function in delegations.delegable():
        path = functions.path_of(function)
        title = str(path[0].label) if path else _t("Altro")
        groups.setdefault(title, []).append((function.id, str(function.heading)))
    return list(groups.items())


def _account(text: str) -> User | None:
    try:
        number = identifiers.mobile(text)
    except identifiers.InvalidIdentifier:
        return User.objects.named(text).filter(closed_at=None).first()
    return User.objects.filter(mobile_number=number, closed_at=None).first()


class RuleForm(forms.Form):
    kind = forms.ChoiceField(label=_("Operazione"))
    when = forms.ChoiceField(label=_("Quando serve una seconda persona"), choices=ApprovalRule.When.choices)
    limit = AmountField(
        label=_("Limite"),
        required=False,
        help_text=_("Righe o euro: la richiesta aspetta quando lo supera. Con «Sempre» lascialo vuoto."),
    )

    def __init__(self, *args, access, **kwargs):
        self.access = access
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (operation.kind, approvals.title_of(operation.kind)) for operation in approvals.governable()
        ]

    def clean(self):
        cleaned = super().clean()
        when, limit = cleaned.get("when"), cleaned.get("limit")
        if when and when != ApprovalRule.When.ALWAYS and limit is None and "limit" not in self.errors:
            self.add_error("limit", _t("Scrivi il limite."))
        if when == ApprovalRule.When.LINES and limit is not None and limit != int(limit):
            self.add_error("limit", _t("Scrivi un numero intero di righe."))
        return cleaned

    def save(self) -> ApprovalRule:
        values = self.cleaned_data
        return approvals.set_rule(
            access=self.access,
            kind=values["kind"],
            when=values["when"],
            limit=values["limit"] if values["limit"] is not None else Decimal(0),
        )
