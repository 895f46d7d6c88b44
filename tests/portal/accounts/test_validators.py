"""Certified mail is told from ordinary mail."""

import pytest

from portal.accounts.validators import is_pec

CERTIFIED = (
    "a@pec.it", "a@PEC.Comune.Esempio.IT", "a@arubapec.it", "a@legalmail.it", "a@open.legalmail.it",
    "a@postacert.inps.gov.it", "a@cert.regione.esempio.it", "a@comune-pec.it", "a@pec.telecomitalia.it",
    "a@ingpec.eu", "a@pecveneto.it", "a@postacertificata.gov.it", "a@pcert.postecert.it", "a@pec2.esempio.it",
    "a@ordineavvocatipec.it", "a@mail.pec-esempio.it", "a@namirialpec.it.",
)  # fmt: skip
ORDINARY = (
    "pec@example.org", "a@example.org", "a@comune.esempio.it", "a@specialisti.it", "a@gmail.com",
    "a@speck.de", "a@certosa.it", "a@mail.spec.it", "legalmail.it@example.org", "a@peculiare.it", "a@pecora.it",
)  # fmt: skip


@pytest.mark.parametrize("address", CERTIFIED)
def test_certified_mail_is_recognised(address):
    assert is_pec(address)


@pytest.mark.parametrize("address", ORDINARY)
def test_ordinary_mail_is_let_through(address):
    assert not is_pec(address)
