"""Which legal texts a person accepted, and being asked again when a new version is in force."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from portal import clock
from portal.accounts import terms
from portal.accounts.models import Acceptance
from portal.audit.models import AuditEntry
from portal.site.content import ensure_content
from portal.site.models import LegalText
from tests.portal.accounts.entering import give_code, give_password, go_in, last_code

PAGE = reverse("accounts:accept_terms")


@pytest.fixture
def texts(world):
    ensure_content()
    LegalText.objects.update(valid_from=clock.now() - timedelta(days=100))
    return world


def a_version(number: int, *, slug: str = "termini", days: int = -1) -> LegalText:
    return LegalText.objects.create(
        slug=slug,
        version=number,
        title="Termini e condizioni generali",
        summary=f"Novità {number}",
        body="Testo",
        valid_from=clock.now() + timedelta(days=days),
    )


def enter_with(user, next_url: str = ""):
    client, _answer = give_password(user.username, next=next_url)
    return client, give_code(client, last_code(user.mobile_number))


def accepted_before(user, days: int = 30):
    user.terms_accepted_at = clock.now() - timedelta(days=days)
    user.save(update_fields=["terms_accepted_at"])


def test_whoever_accepted_the_first_version_is_not_asked_again(texts):
    accepted_before(texts.employee)
    _client, answer = enter_with(texts.employee)
    assert answer.url == reverse("site:home")
    assert terms.missing(texts.operator) == []  # staff accept none here


def never_accepted(user):
    user.terms_accepted_at = None
    user.save(update_fields=["terms_accepted_at"])


def test_somebody_from_an_earlier_agreement_accepts_at_the_first_log_in(texts):
    never_accepted(texts.employee)
    client, answer = enter_with(texts.employee)
    assert answer.url == PAGE
    client.post(PAGE, {"accepted": "on"})
    rows = Acceptance.objects.filter(user=texts.employee)
    assert sorted(rows.values_list("text", "version")) == [("privacy", 1), ("termini", 1)]


def test_a_new_version_is_accepted_at_the_next_log_in_before_anything_else(texts):
    accepted_before(texts.employee)
    a_version(2)
    a_version(3, days=5)  # not yet in force
    wanted = reverse("lines:my-sim")
    client, answer = enter_with(texts.employee, wanted)

    assert answer.url == PAGE
    assert client.get(wanted).url == PAGE
    assert client.get(wanted, HTTP_HX_REQUEST="true")["HX-Redirect"] == PAGE
    assert client.get(reverse("site:legal", args=["termini"])).status_code == 200
    page = client.get(PAGE).content.decode()
    assert "Novità 2" in page and "Novità 3" not in page

    refused = client.post(PAGE)
    assert "Per continuare accetta i testi" in refused.content.decode()
    assert client.get(wanted).url == PAGE
    assert client.post(PAGE, {"accepted": "on"}).url == wanted
    assert client.get(wanted).status_code == 200
    assert "Hai già accettato" in client.get(PAGE).content.decode()

    row = Acceptance.objects.get(user=texts.employee)
    assert (row.text, row.version) == ("termini", 2)
    assert AuditEntry.objects.get(action="accounts.terms.accepted").note.endswith("v. 2")
    _client, again = enter_with(texts.employee)
    assert again.url == reverse("site:home")


def test_whoever_does_not_accept_can_leave(texts):
    accepted_before(texts.employee)
    a_version(2)
    client, _answer = enter_with(texts.employee)
    client.post(reverse("accounts:logout"))
    assert client.get(reverse("accounts:profile")).url.startswith(reverse("accounts:login"))
    assert not Acceptance.objects.exists()


def test_profile_and_privacy_page_show_what_was_accepted_and_when(texts):
    never_accepted(texts.employee)
    client = go_in(texts.employee)
    client.post(PAGE, {"accepted": "on"})
    for name in ("accounts:profile", "accounts:privacy"):
        page = client.get(reverse(name)).content.decode()
        assert "Versioni accettate" in page
        assert "Informativa della privacy" in page
    data = json.loads(client.post(reverse("accounts:privacy_download")).content)
    assert {row["text"] for row in data["condizioni_accettate"]} == {"termini", "privacy"}
