"""How much, and how."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import SavedMethod
from billing.payments import providers
from portal.money import number

AMOUNTS = (10, 20, 25, 30, 50, 100, 150)
SAVED = "salvato-"
NEW = {
    SavedMethod.Kind.CARD.value: _("Aggiungi nuova carta"),
    SavedMethod.Kind.PAYPAL.value: _("Aggiungi Paypal"),
}


class AmountForm(forms.Form):
    importo = forms.TypedChoiceField(
        label=_("Importo della ricarica"),
        choices=[(amount, f"{number(amount, 0)} €") for amount in AMOUNTS],
        coerce=lambda text: Decimal(text),
        widget=forms.RadioSelect(attrs={"class": "pb-amounts"}),
        error_messages={
            "required": _("Scegli un importo."),
            "invalid_choice": _("Scegli uno degli importi proposti."),
        },
    )


class MethodForm(forms.Form):
    importo = forms.TypedChoiceField(
        choices=[(amount, amount) for amount in AMOUNTS],
        coerce=lambda text: Decimal(text),
        widget=forms.HiddenInput,
    )
    metodo = forms.ChoiceField(
        label=_("Come vuoi pagare?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Scegli come pagare."),
            "invalid_choice": _("Questo metodo non è più disponibile: scegline un altro."),
        },
    )
    salva = forms.BooleanField(
        label=_("Ricorda questo metodo per le prossime ricariche"),
        help_text=_("Il portale non conserva il numero della carta: lo tiene solo il sito dei pagamenti."),
        required=False,
    )

    def __init__(self, *args, methods: list[SavedMethod], **kwargs):
        super().__init__(*args, **kwargs)
        self.methods = {f"{SAVED}{method.pk}": method for method in methods if not method.is_expired}
        provider = providers.current()
        new = [(kind, words) for kind, words in NEW.items() if provider and kind in provider.kinds]
        saved = [(key, str(method)) for key, method in self.methods.items()]
        self.fields["metodo"].choices = saved + new

    @property
    def method(self) -> SavedMethod | None:
        return self.methods.get(self.cleaned_data["metodo"])

    @property
    def kind(self) -> str:
        return self.method.kind if self.method else self.cleaned_data["metodo"]
