"""The employee's privacy page."""

from __future__ import annotations

import json

from django.urls import reverse

from portal.accounts import privacy
from tests.portal.accounts.entering import go_in
from tests.world import PASSWORD


def test_the_page_says_what_is_kept_for_whom_and_until_when(world, enter):
    page = enter(world.employee).get(reverse("accounts:privacy")).content.decode()
    assert "Non vede mai" in page and "IBAN" in page
    assert len(privacy.rows()) >= 4
    for row in privacy.rows():
        assert str(row.what) in page.replace("&#x27;", "'")


def test_only_who_has_a_line_gets_the_page(world, enter):
    assert enter(world.roa).get(reverse("accounts:privacy")).status_code == 403
    assert enter(world.roa).post(reverse("accounts:privacy_download")).status_code == 403


def test_ones_own_data_are_downloaded_and_nobody_elses(world):
    go_in(world.roa)
    client = go_in(world.employee)
    response = client.post(reverse("accounts:privacy_download"))
    assert response["Content-Disposition"].startswith('attachment; filename="i-miei-dati-')
    data = json.loads(response.content)
    assert data["account"]["username"] == "paolo.verdi"
    assert data["account"]["mobile_number"] == world.employee.mobile_number
    assert [line["action"] for line in data["registro_attivita"]][-1] == "Accesso al portale"
    assert len(data["messaggi"]) == 1
    text = response.content.decode()
    assert "maria.rossi" not in text and world.employee.password not in text and PASSWORD not in text


def test_an_app_adds_its_own_part(world, enter, monkeypatch):
    monkeypatch.setattr(privacy, "_parts", dict(privacy._parts))
    monkeypatch.setattr(privacy, "_rows", list(privacy._rows))
    privacy.export("traffico", lambda user: [user.mobile_number])
    privacy.tell(what="Dettaglio del traffico", seen_by="Solo tu", kept="6 mesi")
    client = enter(world.employee)
    assert "Dettaglio del traffico" in client.get(reverse("accounts:privacy")).content.decode()
    data = json.loads(client.post(reverse("accounts:privacy_download")).content)
    assert data["traffico"] == [world.employee.mobile_number]
