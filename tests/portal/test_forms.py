"""The fields people type identifiers into."""

from decimal import Decimal

import pytest
from django import forms as django_forms

from portal import forms

CASES = [
    (forms.MobileField, "+39 331 254 7228", "3312547228"),
    (forms.CallbackPhoneField, "02.20228788", "0220228788"),
    (forms.TaxCodeField, "rssmra66a02f839d", "RSSMRA66A02F839D"),
    (forms.OrganizationCodeField, "03160470831", "0000003160470831"),
    (forms.IccidField, "8552355787", "8939010008552355787"),
    (forms.NewIccidField, "8552355787L45C", "8939010008552355787"),
    (forms.ImeiField, "35-304209-800064-4", "353042098000644"),
    (forms.IbanField, "IT60 X054 2811 1010 0000 0123 456", "IT60X0542811101000000123456"),
    (forms.PostalCodeField, "40132", "40132"),
    (forms.InvoiceNumberField, "7x00000311", "7X00000311"),
]


@pytest.mark.parametrize(("field", "typed", "stored"), CASES)
def test_a_field_returns_the_stored_form(field, typed, stored):
    assert field().clean(typed) == stored


@pytest.mark.parametrize("field", [case[0] for case in CASES])
def test_a_wrong_text_is_kept_and_explained_beside_the_field(field):
    class Form(django_forms.Form):
        value = field()

    form = Form({"value": "12x"})
    assert not form.is_valid()
    assert form.errors["value"][0]
    assert 'value="12x"' in str(form["value"])
    assert Form({"value": ""}).errors["value"] == ["Questo campo è obbligatorio."]


@pytest.mark.parametrize("field", [case[0] for case in CASES])
def test_a_field_not_required_may_stay_empty(field):
    assert field(required=False).clean("") == ""


def test_a_phone_shows_the_right_keyboard():
    class Form(django_forms.Form):
        number = forms.MobileField()
        code = forms.ImeiField()

    html = str(Form())
    assert 'inputmode="tel"' in html
    assert 'inputmode="numeric"' in html
    assert 'autocomplete="tel-national"' in html
    assert 'maxlength="24"' in html


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1.250,50", "1250.50"), ("1250,5", "1250.5"), ("1250.50", "1250.50"), ("1.250", "1250"), ("12 €", "12"),
     ("0,01", "0.01"), ("1.000.000", "1000000")],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(typed, amount):
    assert forms.AmountField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["dieci", "1,2,3", "0,001", "-1", "NaN", "1e400", "9" * 300, "1.25,0.0"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(django_forms.ValidationError):
        forms.AmountField().clean(typed)
