"""What may be typed as the e-mail address of an account."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Certified mail (PEC) comes from few providers, and most bodies give it away in a part of the domain.
_PEC_LABEL = re.compile(
    r"^(pec|pec[0-9].*|.*[-_]pec|pec[-_].*|.+pec|cert|postacert|legalmail|pecmail|certmail)$"
)
_PEC_DOMAINS = frozenset(
    """
    actaliscertymail.it arubapec.it casellapec.com cgn.legalmail.it chambersign.it gigapec.it ingpec.eu
    interfreepec.it kellypec.it legalmail.it mypec.eu mypec.it namirialpec.it open.legalmail.it
    pec.it pec.net pecimprese.it pecprofessionisti.it pecspeciale.it pecveneto.it postacert.it
    postacertificata.gov.it postacertificata.it postecert.it poste-certificate.it raccomandata-elettronica.it
    registerpec.it secmail.it servizipec.it sicurezzapostale.it spidmail.it telecompost.it ticertifica.it
    trustedmail.intesa.it twtcert.it
    """.split()
)
_NOT_PEC = frozenset({"spec", "opec", "apec"})  # words that only end like it


def is_pec(address: str) -> bool:
    """Does the domain of this address belong to certified mail?"""
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    labels = domain.split(".")
    if any(".".join(labels[start:]) in _PEC_DOMAINS for start in range(len(labels) - 1)):
        return True
    return any(_PEC_LABEL.match(label) and label not in _NOT_PEC for label in labels[:-1])


def refuse_pec(address: str) -> None:
    """An account lives on an ordinary mailbox: certified mail is refused wherever an address is typed."""
    if is_pec(address):
        raise ValidationError(
            _("Questo è un indirizzo PEC. Scrivi un indirizzo di posta elettronica ordinaria."), code="pec"
        )
