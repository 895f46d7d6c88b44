"""What people type becomes the one stored form, or is refused with words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as stdnum_iban
from stdnum import luhn
from stdnum.it import codicefiscale, iva

from portal import identifiers
from portal.identifiers import InvalidIdentifier

DIGITS = "0123456789"


def digits(n):
    return st.text(DIGITS, min_size=n, max_size=n)


separators = st.sampled_from(["", " ", "-", ".", "/", "\u00a0", "\u200b", "\ufeff"])
mobiles = digits(9).map("3{}".format)
imeis = digits(14).map(lambda text: text + luhn.calc_check_digit(text))
organizations = digits(7).map(lambda text: text + "058").map(lambda text: text + luhn.calc_check_digit(text))
organizations = organizations.filter(iva.is_valid)


@st.composite
def people(draw):
    """Personal codes, some of them with letters in place of digits (omocodia)."""
    letters = draw(st.text("BCDFGHLMNPRSTVZ", min_size=6, max_size=6))
    number = [
        f"{draw(st.integers(30, 99)):02}",
        f"{draw(st.integers(1, 28)):02}",
        f"{draw(st.integers(1, 999)):03}",
    ]
    for position in range(3):
        if draw(st.booleans()):
            number[position] = number[position].translate(str.maketrans(DIGITS, "LMNPQRSTUV"))
    month = draw(st.sampled_from("ABCDEHLMPRST"))
    body = f"{letters}{number[0]}{month}{number[1]}F{number[2]}"
    return body + codicefiscale.calc_check_digit(body)


SAMPLES = [
    (identifiers.contract, "888010088938", "888010088938"),
    (identifiers.contract, "888012234558", "888012234558"),
    (identifiers.personal_contract, "888200090226", "888200090226"),
    (identifiers.personal_contract, "888200093221", "888200093221"),
    (identifiers.mobile, "3312547228", "3312547228"),
    (identifiers.mobile, "+39 370 080 1103", "3700801103"),
    (identifiers.request_number, "7-64436898334", "7-64436898334"),
    (identifiers.order_number, "74458098909", "74458098909"),
    (identifiers.top_up_order_number, "C2E2AE1CE9", "C2E2AE1CE9"),
    (identifiers.invoice_number, "7X00000311", "7X00000311"),
    (identifiers.iccid, "8939010008552355787", "8939010008552355787"),
    (identifiers.imei, "353042098000644", "353042098000644"),
    (identifiers.nmu_code, "705935", "705935"),
    (identifiers.postal_code, "40132", "40132"),
    (identifiers.callback_phone, "02.20228788", "0220228788"),
]


@pytest.mark.parametrize(("read", "typed", "stored"), SAMPLES)
def test_samples_of_the_guide_are_read(read, typed, stored):
    assert read(typed) == stored


def test_the_guide_s_organization_code_is_compared_without_its_zeros():
    assert identifiers.organization_tax_code("03160470831") == "0000003160470831"
    assert identifiers.organization_tax_code("0000003160470831") == "0000003160470831"
    assert identifiers.same_organization("3160470831", "0000003160470831")
    assert not identifiers.same_organization("", "0000000000000000")


def test_the_guide_s_personal_code_has_an_invented_check_letter():
    assert identifiers.person_tax_code("rssmra 66a02 f839 d") == "RSSMRA66A02F839D"
    with pytest.raises(InvalidIdentifier, match="ultima lettera"):
        identifiers.person_tax_code("RSSMRA66A02F839E")


def test_the_billing_period_is_a_number_and_a_year():
    period = identifiers.billing_period(" 4/2021 ")
    assert (period.number, period.year, str(period)) == (4, 2021, "4/2021")
    assert period < identifiers.billing_period("1/2022")
    for wrong in ("0/2021", "7/2021", "4-2021", "4/21", "٤/2021", ""):
        with pytest.raises(InvalidIdentifier):
            identifiers.billing_period(wrong)


def test_samples_are_shown_as_in_the_guide():
    assert identifiers.short_iccid("8939010008552355787") == "8552355787"
    assert identifiers.mask_number("3399902123") == "3399902***"
    assert identifiers.mask_card("0119") == "*****0119"
    assert identifiers.show_mobile("3312547228") == "331 254 7228"
    assert identifiers.mask_tax_code("RSSMRA66A02F839D") == "RSSMRA*********D"


@given(mobiles, separators, st.sampled_from(["", "+39", "0039", "39", "+39 "]))
def test_a_mobile_number_survives_separators_and_prefixes(number, between, prefix):
    assert identifiers.mobile(prefix + between.join(number)) == number
    assert identifiers.mobile(identifiers.show_mobile(number)) == number


@given(digits(10).map("893901000{}".format), separators, digits(1))
def test_an_iccid_loses_its_printed_check_digit(code, between, check):
    assert identifiers.iccid(between.join(code)) == code
    assert identifiers.iccid(code + check) == code
    assert identifiers.any_iccid(identifiers.short_iccid(code)) == code
    assert identifiers.new_iccid(code) == code


@pytest.mark.parametrize("tail", ["L45C", " l45c", "-0A12", "ABCD"])
def test_the_tail_printed_after_the_iccid_is_dropped(tail):
    assert identifiers.new_iccid("8552355787" + tail) == "8939010008552355787"
    assert identifiers.new_iccid("8939010008552355787" + tail) == "8939010008552355787"


@pytest.mark.parametrize(
    "typed", ["855235578", "85523557871", "8552355787L45", "8552355787L45CX", "88390100085523557871", ""]
)
def test_a_new_iccid_has_exactly_ten_digits_after_the_prefix(typed):
    with pytest.raises(InvalidIdentifier):
        identifiers.new_iccid(typed)


@given(imeis, st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_of_an_imei_is_refused(code, position, shift):
    assert identifiers.imei(code) == code
    with pytest.raises(InvalidIdentifier):
        identifiers.imei(_changed(code, position, shift))


@given(organizations, st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_of_an_organization_code_is_refused(code, position, shift):
    stored = identifiers.organization_tax_code(code)
    assert stored == code.zfill(16) == identifiers.organization_tax_code(stored)
    with pytest.raises(InvalidIdentifier):
        identifiers.organization_tax_code(_changed(code, position, shift))


@given(people(), st.integers(0, 15), st.sampled_from(DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_character_of_a_personal_code_is_refused(code, position, other):
    assert identifiers.person_tax_code(code.lower()) == code
    wrong = code[:position] + other + code[position + 1 :]
    if wrong != code:
        with pytest.raises(InvalidIdentifier):
            identifiers.person_tax_code(wrong)


IBAN = "IT60X0542811101000000123456"


@given(st.integers(4, 26), st.sampled_from(DIGITS))
def test_one_wrong_digit_of_an_iban_is_refused(position, other):
    assert identifiers.iban(identifiers.show_iban(IBAN).lower()) == IBAN
    wrong = IBAN[:position] + other + IBAN[position + 1 :]
    if wrong != IBAN:
        with pytest.raises(InvalidIdentifier):
            identifiers.iban(wrong)


def test_an_iban_with_a_wrong_cin_is_refused_although_its_check_digits_are_right():
    wrong_cin = "Y0542811101000000123456"
    right_digits = next(
        f"IT{n:02}{wrong_cin}"
        for n in range(2, 99)
        if stdnum_iban.is_valid(f"IT{n:02}{wrong_cin}", check_country=False)
    )
    with pytest.raises(InvalidIdentifier):
        identifiers.iban(right_digits)


@pytest.mark.parametrize(
    "foreign", ["DE89370400440532013000", "SM86U0322509800000000270100", "FR1420041010050500013M02606"]
)
def test_a_foreign_iban_is_refused(foreign):
    with pytest.raises(InvalidIdentifier, match="italiano"):
        identifiers.iban(foreign)


@pytest.mark.parametrize("typed", ["899123456", "800680068", "191", "+33144556677", "abc", "", "1" * 40])
def test_nobody_is_called_back_on_a_short_paid_or_foreign_number(typed):
    with pytest.raises(InvalidIdentifier):
        identifiers.callback_phone(typed)


def test_swapped_tax_codes_are_named_for_what_they_are():
    with pytest.raises(InvalidIdentifier, match="di un ente"):
        identifiers.person_tax_code("03160470831")
    with pytest.raises(InvalidIdentifier, match="di una persona"):
        identifiers.organization_tax_code("RSSMRA66A02F839D")


@pytest.mark.parametrize(
    "typed", ["8547043845", "8939010008547043845", "89390100085470438451", "8939 0100 0854 7043 845"]
)
def test_a_line_is_looked_for_by_ten_nineteen_or_twenty_digits(typed):
    assert identifiers.LineSearch(iccid="8939010008547043845") in identifiers.line_search(typed)


def test_ten_digits_beginning_with_three_may_be_a_number_or_an_iccid():
    found = identifiers.line_search("331 254 7228")
    assert [bool(search.number) for search in found] == [True, False]
    assert identifiers.line_search("ciao") == ()


READERS = [
    value
    for name, value in vars(identifiers).items()
    if callable(value) and getattr(value, "__module__", "") == identifiers.__name__ and name in {
        "mobile", "callback_phone", "iccid", "new_iccid", "any_iccid", "imei", "nmu_code", "contract",
        "personal_contract", "request_number", "order_number", "top_up_order_number", "invoice_number",
        "billing_period", "postal_code", "person_tax_code", "organization_tax_code", "iban",
    }
]  # fmt: skip


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(read, text):
    try:
        value = read(text)
    except InvalidIdentifier as refusal:
        assert str(refusal)
    else:
        assert str(value).isascii()
        assert read(str(value)) == value


def _changed(code, position, shift):
    return code[:position] + str((int(code[position]) + shift) % 10) + code[position + 1 :]
