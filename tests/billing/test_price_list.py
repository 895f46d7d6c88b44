"""«Visualizza Listino»: everybody gets the file in force, at once."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader

from billing import price_list_services as services
from billing.models import PriceList
from portal.audit.models import AuditEntry
from portal.demo import price_list as demo
from tests.samples import PEOPLE

URL = "billing:price-list"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def load(world, day: date, text: bytes = b"one") -> PriceList:
    made = PriceList(agreement=world.a1.agreement, valid_from=day)
    made.file = ContentFile(b"%PDF-1.7 " + text, name="listino.pdf")
    services.save_price_list(price_list=made, actor=world.supervisor)
    return made


@pytest.mark.accepts("A-7.2.3-1")
def test_every_profile_downloads_the_file_and_without_one_reads_a_message(world, enter):
    for name in PEOPLE:
        answer = enter(getattr(world, name)).get(reverse(URL), follow=True)
        assert "Il listino non è ancora disponibile" in answer.content.decode()
        assert answer.redirect_chain
    load(world, date(2026, 3, 1))
    for name in PEOPLE:
        answer = enter(getattr(world, name)).get(reverse(URL))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment;")
        assert b"".join(answer) == b"%PDF-1.7 one"


def test_the_one_in_force_is_the_last_that_has_begun(world, enter, at):
    load(world, date(2026, 3, 1), b"march")
    load(world, date(2026, 12, 1), b"december")
    with at(2026, 11, 30, 12):
        assert b"march" in b"".join(enter(world.roa).get(reverse(URL)))
    with at(2026, 11, 30, 23, 30):  # the first of December in Rome
        assert b"december" in b"".join(enter(world.roa).get(reverse(URL)))


def test_a_file_that_is_gone_is_a_message_and_no_fault(world, enter):
    made = load(world, date(2026, 3, 1))
    made.file.storage.delete(made.file.name)
    answer = enter(world.roa).get(reverse(URL), follow=True)
    assert "Il listino non è ancora disponibile" in answer.content.decode()


def test_staff_load_and_remove_it_and_the_register_knows(world, enter, commit):
    client = enter(world.supervisor)
    form = {"agreement": world.a1.agreement.pk, "valid_from": "01/03/2026"}
    wrong = client.post(
        reverse("admin:billing_pricelist_add"), form | {"file": ContentFile(b"<html>", "listino.pdf")}
    )
    assert "Il file non è un PDF" in wrong.content.decode()
    assert not PriceList.objects.exists()
    right = client.post(
        reverse("admin:billing_pricelist_add"), form | {"file": ContentFile(b"%PDF-1.7", "listino.pdf")}
    )
    assert right.status_code == 302
    made = PriceList.objects.get()
    entry = AuditEntry.objects.get(action="billing.price_list.created")
    assert entry.actor == world.supervisor
    with commit():
        services.remove_price_list(price_list=made, actor=world.supervisor)
    assert not made.file.storage.exists(made.file.name)
    assert AuditEntry.objects.filter(action="billing.price_list.removed").exists()


def test_the_price_list_of_the_demo_holds_plans_top_ups_thresholds_and_packages(world):
    demo.make()
    demo.make()
    made = PriceList.objects.get()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(made.file.read())).pages)
    for words in (
        "PA 8 PACCHETTO",
        "M2M PA 8",
        "7 · 22 · 44 · 88",
        "Soglia di spesa dispositiva",
        "S1",
        "L20",
    ):
        assert words in text
