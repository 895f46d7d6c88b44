"""The one place that knows a mobile number from an ICCID from an IMEI.

Each reading function takes what a person typed or a feed sent and returns the one form that is stored and
compared, or raises `InvalidIdentifier` with Italian words. Separators people write (spaces, dots, dashes,
slashes, brackets) are dropped first; only ASCII digits and letters count. Showing functions take the stored form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from django.utils.translation import gettext_lazy as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import exceptions as stdnum_errors
from stdnum import imei as stdnum_imei
from stdnum.it import codicefiscale, iva

ICCID_PREFIX = "893901000"  # operator and country: every SIM of the agreement begins so
ICCID_LENGTH = 19  # stored without the check digit printed after it (Q13)
SHORT_ICCID = 10
ORGANIZATION_CODE_LENGTH = 16

_SEPARATORS = re.compile(r"[\s.\-/()\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060\ufeff]+")
_SPEAKING = {phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE}


class InvalidIdentifier(ValueError):
    """What was typed is not such an identifier; `message` says why, in words for the person who typed it."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message

    def __str__(self):
        return str(self.message)


def compact(text: str) -> str:
    """Upper case without separators and invisible characters, which pasted text is full of."""
    return _SEPARATORS.sub("", text or "").upper()


def _matching(text: str, pattern: str, message) -> str:
    value = compact(text)
    if not re.fullmatch(pattern, value, re.ASCII):
        raise InvalidIdentifier(message)
    return value


# --- Telephone numbers --------------------------------------------------------------------------------------
def mobile(text: str) -> str:
    """Ten digits beginning with 3; «+39», «0039» and «39» before them are dropped."""
    value = re.sub(r"^(?:\+|00)?39(?=3[0-9]{9}$)", "", compact(text))
    if not re.fullmatch(r"3[0-9]{9}", value):
        raise InvalidIdentifier(_("Scrivi un numero di cellulare di 10 cifre che comincia con 3."))
    return value


def callback_phone(text: str) -> str:
    """An Italian fixed or mobile number one can be called back on, national form without separators."""
    refusal = InvalidIdentifier(_("Scrivi un numero di telefono italiano, fisso o mobile."))
    value = compact(text)
    if not re.fullmatch(r"(?:\+|00)?[0-9]{5,15}", value):
        raise refusal
    try:
        number = phonenumbers.parse(value, "IT")
    except phonenumbers.NumberParseException:
        raise refusal from None
    if (
        not phonenumbers.is_valid_number_for_region(number, "IT")
        or phonenumbers.number_type(number) not in _SPEAKING
    ):
        raise refusal
    return phonenumbers.national_significant_number(number)


def show_mobile(number: str) -> str:
    """«331 254 7228»: grouped as people say it. Anything that is not a mobile number is shown as it is."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if re.fullmatch(r"3[0-9]{9}", number or "") else number


def mask_number(number: str) -> str:
    """«3399902***»: the last three digits are nobody's business."""
    return f"{number[:-3]}***" if len(number) > 3 else "***"


# --- SIM cards and devices ----------------------------------------------------------------------------------
def iccid(text: str) -> str:
    """Nineteen digits. The twentieth, printed on the card as a check, is dropped (Q13)."""
    value = compact(text)
    if not re.fullmatch(r"89[0-9]{17,18}", value):
        raise InvalidIdentifier(_("Scrivi le 19 cifre dell'ICCID, che comincia con 89."))
    return value[:ICCID_LENGTH]


def new_iccid(text: str) -> str:
    """The SIM one holds: ten digits after the fixed prefix, or the whole code; a pasted tail «L45C» is dropped."""
    value = compact(text)
    value = re.sub(r"(?<=[0-9]{10})(?=[A-Z0-9]*[A-Z])[A-Z0-9]{4}$", "", value)
    if re.fullmatch(r"[0-9]{10}", value):
        return ICCID_PREFIX + value
    if re.fullmatch(ICCID_PREFIX + r"[0-9]{10}", value):
        return value
    raise InvalidIdentifier(_("Scrivi le ultime 10 cifre dell'ICCID, senza i 4 caratteri finali."))


def any_iccid(text: str) -> str:
    """Ten digits as lists show them, or the nineteen of the whole code (Q35)."""
    value = compact(text)
    return ICCID_PREFIX + value if re.fullmatch(r"[0-9]{10}", value) else iccid(value)


def short_iccid(value: str) -> str:
    """The last ten digits, as lists show them."""
    return value[-SHORT_ICCID:]


def imei(text: str) -> str:
    """Fifteen digits with a right check digit."""
    value = _matching(text, r"[0-9]{15}", _("Scrivi le 15 cifre dell'IMEI."))
    if not stdnum_imei.is_valid(value):
        raise InvalidIdentifier(_("L'IMEI non è corretto: controlla le cifre."))
    return value


def nmu_code(text: str) -> str:
    return _matching(text, r"[0-9]{6}", _("Scrivi le 6 cifre del codice NMU."))


@dataclass(frozen=True, slots=True)
class LineSearch:
    """What somebody typed in the field «Linea»: exactly one of the two is filled."""

    number: str = ""
    iccid: str = ""


def line_search(text: str) -> tuple[LineSearch, ...]:
    """The ways a typed text may be read: number, ICCID of 19 or 20 digits, or its last ten (Q13).

    Ten digits that begin with 3 may be either a number or the end of an ICCID, so both are looked for.
    """
    value = re.sub(r"^(?:\+|00)?39(?=3[0-9]{9}$)", "", compact(text))
    if re.fullmatch(r"[0-9]{10}", value):
        number = (LineSearch(number=value),) if value.startswith("3") else ()
        return (*number, LineSearch(iccid=ICCID_PREFIX + value))
    if re.fullmatch(r"89[0-9]{17,18}", value):
        return (LineSearch(iccid=value[:ICCID_LENGTH]),)
    return ()


# --- Contracts and papers -----------------------------------------------------------------------------------
def contract(text: str) -> str:
    return _matching(text, r"888[0-9]{9}", _("Scrivi le 12 cifre del contratto, che comincia con 888."))


def personal_contract(text: str) -> str:
    """The employee's own TIM TUO contract."""
    return _matching(
        text, r"888200[0-9]{6}", _("Scrivi le 12 cifre del codice TIM TUO, che comincia con 888200.")
    )


def request_number(text: str) -> str:
    """«7-64436898334»; the dash may be missing."""
    digits = _matching(text, r"7[0-9]{11}", _("Scrivi il numero di pratica: 7- seguito da 11 cifre."))
    return f"{digits[0]}-{digits[1:]}"


def order_number(text: str) -> str:
    return _matching(text, r"[0-9]{11}", _("Scrivi le 11 cifre dell'ordine."))


def top_up_order_number(text: str) -> str:
    return _matching(text, r"[0-9A-F]{10}", _("Scrivi i 10 caratteri del numero d'ordine."))


def invoice_number(text: str) -> str:
    return _matching(
        text, r"[0-9][A-Z][0-9]{8}", _("Scrivi il numero di fattura: una cifra, una lettera e 8 cifre.")
    )


@dataclass(frozen=True, slots=True, order=True)
class BillingPeriod:
    """Two months of a year as the invoice names them; which two is for the invoice to say (Q42)."""

    year: int
    number: int

    def __str__(self):
        return f"{self.number}/{self.year}"


def billing_period(text: str) -> BillingPeriod:
    found = re.fullmatch(r"\s*0?([1-6])\s*/\s*(2[0-9]{3})\s*", text or "", re.ASCII)
    if not found:
        raise InvalidIdentifier(_("Scrivi il bimestre come 4/2026, da 1 a 6."))
    return BillingPeriod(int(found[2]), int(found[1]))


def postal_code(text: str) -> str:
    return _matching(text, r"[0-9]{5}", _("Scrivi le 5 cifre del CAP."))


# --- Tax codes ----------------------------------------------------------------------------------------------
def person_tax_code(text: str) -> str:
    """Sixteen characters with a right check letter; codes with letters for digits (omocodia) too."""
    value = compact(text)
    if re.fullmatch(r"[0-9]{11}|0{5}[0-9]{11}", value):
        raise InvalidIdentifier(_("Questo è il codice fiscale di un ente: qui serve quello della persona."))
    if not re.fullmatch(r"[A-Z0-9]{16}", value):
        raise InvalidIdentifier(_("Scrivi i 16 caratteri del codice fiscale."))
    try:
        return codicefiscale.validate(value)
    except stdnum_errors.InvalidChecksum:
        raise InvalidIdentifier(_("Il codice fiscale non è corretto: l'ultima lettera non torna.")) from None
    except stdnum_errors.ValidationError:
        raise InvalidIdentifier(_("Il codice fiscale non è corretto: controlla i caratteri.")) from None


def organization_tax_code(text: str) -> str:
    """Eleven digits, or sixteen zero-filled: always sixteen in the end (Q11)."""
    value = compact(text)
    if re.fullmatch(r"[A-Z]{6}[A-Z0-9]{10}", value):
        raise InvalidIdentifier(_("Questo è il codice fiscale di una persona: qui serve quello dell'ente."))
    if not re.fullmatch(r"(?:0{5})?[0-9]{11}", value):
        raise InvalidIdentifier(_("Scrivi le 11 cifre del codice fiscale dell'ente."))
    if not iva.is_valid(value[-11:]):
        raise InvalidIdentifier(_("Il codice fiscale dell'ente non è corretto: controlla le cifre."))
    return value.zfill(ORGANIZATION_CODE_LENGTH)


def same_organization(one: str, other: str) -> bool:
    """Do two codes name one organization, however many zeros stand before them? Empty codes name none."""
    first, second = compact(one).lstrip("0"), compact(other).lstrip("0")
    return bool(first) and first == second


def mask_tax_code(code: str) -> str:
    """«RSSMRA*********E»: the birth day and place stay covered."""
    return f"{code[:6]}{'*' * (len(code) - 7)}{code[-1:]}" if len(code) > 7 else "*" * len(code)


# --- Payments -----------------------------------------------------------------------------------------------
def iban(text: str) -> str:
    """An Italian IBAN: right check digits and right CIN."""
    value = compact(text)
    if not re.fullmatch(r"IT[A-Z0-9]{25}", value):
        raise InvalidIdentifier(_("Scrivi un IBAN italiano: IT seguito da 25 caratteri."))
    try:
        return IBAN(value, validate_bban=True).compact
    except SchwiftyException:
        raise InvalidIdentifier(_("L'IBAN non è corretto: controlla i caratteri.")) from None


def show_iban(value: str) -> str:
    """In groups of four, as banks print it."""
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))


def mask_iban(value: str) -> str:
    """Only the country and the last four characters."""
    return f"{value[:2]}{'*' * (len(value) - 6)}{value[-4:]}" if len(value) > 6 else "*" * len(value)


def mask_card(last_digits: str) -> str:
    """«*****0119»."""
    return f"*****{last_digits[-4:]}"
