"""Form fields for what a person types, one per identifier: same check as the feeds, right keyboard on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import identifiers


class IdentifierField(forms.CharField):
    """A text read by a function of `portal.identifiers`; its refusal becomes the error beside the field."""

    parse: Callable[[str], object]
    attributes: dict[str, str] = {}
    default_label: object = None
    typed_length = 40  # room for the separators people type

    def __init__(self, **options):
        options.setdefault("label", self.default_label)
        options.setdefault("max_length", self.typed_length)
        super().__init__(**options)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | self.attributes

    def clean(self, value):
        text = super().clean(value)
        if text in self.empty_values:
            return text
        try:
            return type(self).parse(text)
        except identifiers.InvalidIdentifier as refusal:
            raise ValidationError(refusal.message, code="invalid") from None


_DIGITS = {"inputmode": "numeric"}
_CODE = {"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}


class MobileField(IdentifierField):
    parse = staticmethod(identifiers.mobile)
    default_label = _("Numero di cellulare")
    attributes = {"inputmode": "tel", "autocomplete": "tel-national"}
    typed_length = 24


class CallbackPhoneField(IdentifierField):
    parse = staticmethod(identifiers.callback_phone)
    default_label = _("Telefono")
    attributes = {"inputmode": "tel", "autocomplete": "tel"}
    typed_length = 24


class TaxCodeField(IdentifierField):
    parse = staticmethod(identifiers.person_tax_code)
    default_label = _("Codice Fiscale personale")
    attributes = _CODE
    typed_length = 24


class OrganizationCodeField(IdentifierField):
    parse = staticmethod(identifiers.organization_tax_code)
    default_label = _("Codice Fiscale dell'Ente/Amministrazione")
    attributes = _DIGITS | {"autocomplete": "off"}
    typed_length = 24


class IccidField(IdentifierField):
    """A whole ICCID, or its last ten digits."""

    parse = staticmethod(identifiers.any_iccid)
    default_label = _("ICCID")
    attributes = _DIGITS | {"autocomplete": "off"}


class PrefixedInput(forms.TextInput):
    """A text with something fixed printed before it."""

    template_name = "components/prefixed_input.html"

    def __init__(self, prefix: str, attrs=None):
        self.prefix = prefix
        super().__init__(attrs)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["prefix"] = self.prefix
        return context


class NewIccidField(IdentifierField):
    """The ten digits after the prefix that the page prints before the field."""

    parse = staticmethod(identifiers.new_iccid)
    default_label = _("Nuovo ICCID")
    attributes = {"autocomplete": "off"}  # a pasted tail has letters: no keyboard of digits alone

    def __init__(self, **options):
        options.setdefault("widget", PrefixedInput(f"{identifiers.ICCID_PREFIX}-"))
        super().__init__(**options)

    def prepare_value(self, value):
        """What stands after the prefix, also of a code kept whole."""
        known = isinstance(value, str) and len(value) == identifiers.ICCID_LENGTH
        return value.removeprefix(identifiers.ICCID_PREFIX) if known else value


class ImeiField(IdentifierField):
    parse = staticmethod(identifiers.imei)
    default_label = _("IMEI")
    attributes = _DIGITS | {"autocomplete": "off"}
    typed_length = 24


class IbanField(IdentifierField):
    parse = staticmethod(identifiers.iban)
    default_label = _("IBAN")
    attributes = _CODE


class PostalCodeField(IdentifierField):
    parse = staticmethod(identifiers.postal_code)
    default_label = _("CAP")
    attributes = _DIGITS | {"autocomplete": "postal-code"}
    typed_length = 8


class InvoiceNumberField(IdentifierField):
    parse = staticmethod(identifiers.invoice_number)
    default_label = _("N° fattura")
    attributes = _CODE
    typed_length = 14


class AmountField(forms.DecimalField):
    """Euros as people write them in Italy: «1.250,50», «1250,5», «1250.50», «1.250»."""

    widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **options):
        super().__init__(**{"max_digits": 10, "decimal_places": 2, "min_value": 0} | options)

    def to_python(self, value):
        return super().to_python(_plain_figure(value) if isinstance(value, str) else value)


def _plain_figure(text: str) -> str:
    figure = text.replace("€", "").replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if re.fullmatch(r"-?(\d+|\d{1,3}(\.\d{3})+),\d+|\d{1,3}(\.\d{3})+", figure):
        return figure.replace(".", "").replace(",", ".")
    return figure
