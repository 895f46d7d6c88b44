"""«Manuali» (7.7.10)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from support.models import Manual
from tests.support.samples import manual


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.accepts("A-7.7.10-1")
def test_manuals_are_listed_with_their_pdf(world, enter):
    one = manual()
    browser = enter(world.employee)
    html = browser.get(reverse("support:manuals")).content.decode()
    assert "Manuali dei servizi web" in html and "Titolo manuale" in html and "Scarica PDF" in html
    url = reverse("support:manual-file", args=[one.pk])
    assert "Sistema SMAS/Netprofiler" in html and f'href="{url}"' in html
    answer = browser.get(url)
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_a_manual_is_there_where_its_platform_is_foreseen(world, enter):
    hidden = manual("Bozza", is_published=False)
    fleet = manual("Fleet management", platform="fleet")
    world.b1.platforms = []
    world.b1.save()
    for person, status in ((world.roa, 200), (world.outsider, 404)):
        browser = enter(person)
        assert browser.get(reverse("support:manual-file", args=[fleet.pk])).status_code == status
        assert browser.get(reverse("support:manual-file", args=[hidden.pk])).status_code == 404


def test_staff_cannot_put_in_what_is_no_pdf(world, enter):
    staff = enter(world.supervisor)
    url = reverse("admin:support_manual_add")
    for name, content, status in (
        ("a.pdf", b"MZ no", 200),
        ("a.exe", b"%PDF-1", 200),
        ("a.pdf", b"%PDF-1.7", 302),
    ):
        data = {
            "title": "Guida",
            "about": "device",
            "is_published": "on",
            "file": SimpleUploadedFile(name, content),
        }
        assert staff.post(url, data).status_code == status
    assert Manual.objects.get().title == "Guida"
