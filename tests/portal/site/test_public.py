"""The public area: what everybody reads, what registered people read, and what staff change."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.audit.models import AuditEntry
from portal.jobs import services as jobs
from portal.site import content, health, services
from portal.site.models import ContactPoint, Document, LegalText, News


@pytest.fixture(autouse=True)
def private_files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def news(title="Nuove tariffe in roaming", **values) -> News:
    item = News(**({"title": title, "summary": "In breve", "body": "Per esteso", "published": True} | values))
    services.save_content(obj=item)
    return item


def document(title="Guida rapida", **values) -> Document:
    file = ContentFile(b"%PDF-1.4 ", name="x.pdf")
    item = Document(**({"title": title, "file": file, "published": True} | values))
    services.save_content(obj=item)
    return item


def text_of(client, name, *args) -> str:
    return client.get(reverse(name, args=args)).content.decode()


@pytest.mark.accepts("A-2-1")
def test_the_public_page_shows_news_documents_contacts_and_privacy_without_login(db, client, at):
    with at(2026, 6, 16, 11, 0):
        item, paper = news(published_at=clock.now() - timedelta(hours=1), is_new=True), document()
        page = text_of(client, "site:public")
    for words in ("NUOVO", "PUBBLICATO IL 16/06/2026 - 12:00", item.title, item.summary, "Articolo completo"):
        assert words in page
    assert paper.title in page and reverse("site:document-file", args=[paper.pk]) in page
    for label in ("Numero verde fonia", "Numero verde fax", "Email", "Email PEC"):
        assert f'<span class="ps-contact-label">{label}</span>' in page
    for value in ("800.680.068", "800.000.210"):
        assert value in page
    assert f"mailto:{settings.CONTACTS['email']}" in page and f"mailto:{settings.CONTACTS['pec']}" in page
    assert "TUTTI GLI ARTICOLI" in page and "TUTTI I DOCUMENTI" in page
    assert reverse("site:privacy") in page and "Privacy Policy & Cookie" in unescape(page)
    assert client.get(reverse("site:privacy")).status_code == 200


def test_the_general_page_leads_to_the_agreement(db, client):
    page = text_of(client, "site:agreements")
    assert reverse("site:public") == "/mobile8/"
    assert 'href="/mobile8/"' in page


def test_who_came_with_an_earlier_agreement_is_told_to_use_the_same_credentials(db, client):
    page = text_of(client, "site:public")
    assert "Accedi con le credenziali che hai già" in page
    assert reverse("site:legal", args=["convenzioni-precedenti"]) in page


@pytest.mark.accepts("A-2-2")
def test_staff_publish_news_and_documents_and_the_public_never_sees_those_for_registered_people(world, enter):
    desk, visitor, reader = enter(world.supervisor), Client(), enter(world.employee)
    when = clock.rome(clock.now())
    common = {"published": "on", "published_at_0": f"{when:%d/%m/%Y}", "published_at_1": "00:00"}
    for audience in ("public", "registered"):
        form = {"title": f"Notizia {audience}", "summary": "s", "body": "b", "audience": audience} | common
        assert desk.post(reverse("admin:site_news_add"), form).status_code == 302
        file = ContentFile(b"%PDF-1.4 ", name=f"{audience}.pdf")
        form = {"title": f"Documento {audience}", "audience": audience, "file": file} | common
        assert desk.post(reverse("admin:site_document_add"), form).status_code == 302

    for name in ("site:public", "site:news"):
        assert "Notizia public" in text_of(visitor, name)
        assert "Notizia registered" not in text_of(visitor, name)
        assert "Notizia registered" in text_of(reader, name)
    for name in ("site:public", "site:documents"):
        assert "Documento public" in text_of(visitor, name)
        assert "Documento registered" not in text_of(visitor, name)
        assert "Documento registered" in text_of(reader, name)

    hidden = News.objects.get(audience="registered").pk, Document.objects.get(audience="registered").pk
    assert visitor.get(reverse("site:news-detail", args=[hidden[0]])).status_code == 404
    assert visitor.get(reverse("site:document-file", args=[hidden[1]])).status_code == 404
    assert reader.get(reverse("site:news-detail", args=[hidden[0]])).status_code == 200
    assert reader.get(reverse("site:document-file", args=[hidden[1]])).status_code == 200
    actions = set(AuditEntry.objects.filter(actor=world.supervisor).values_list("action", flat=True))
    assert {"site.news.created", "site.document.created"} <= actions


@pytest.mark.parametrize("values", [{"published": False}, {"published_at": clock.now() + timedelta(hours=1)}])
def test_a_draft_and_a_news_item_of_tomorrow_are_seen_by_nobody(world, enter, values):
    item = news(**values)
    for reader in (Client(), enter(world.roa)):
        assert item.title not in text_of(reader, "site:news")
        assert reader.get(reverse("site:news-detail", args=[item.pk])).status_code == 404


def test_a_document_comes_as_a_download_that_no_browser_runs(db, client):
    paper = document(title="Listino & condizioni")
    answer = client.get(reverse("site:document-file", args=[paper.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="listino-condizioni.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 "


def test_a_document_whose_file_is_gone_is_not_found(db, client):
    paper = document()
    paper.file.storage.delete(paper.file.name)
    assert client.get(reverse("site:document-file", args=[paper.pk])).status_code == 404
    assert client.get(reverse("site:documents")).status_code == 200


def test_news_beyond_the_first_ten_stand_on_further_pages(db, client):
    for number in range(12):
        news(f"Notizia {number:02}", published_at=clock.now() - timedelta(days=number))
    first, second = text_of(client, "site:news"), client.get("/news/?pagina=2").content.decode()
    assert "Notizia 09" in first and "Notizia 10" not in first
    assert "Notizia 10" in second and "Notizia 11" in second
    assert client.get("/news/?pagina=pippo").status_code == 200


def test_what_staff_type_never_becomes_html_of_theirs(db, client):
    item = news(
        title="<b>titolo</b>",
        body="<script>alert(1)</script>\n\n## Titolo\n- voce [sito](https://example.org/?a=1&b=2)\n\n[no](javascript:alert(1))",
    )
    page = text_of(client, "site:news-detail", item.pk)
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>titolo" not in page
    assert '<li>voce <a href="https://example.org/?a=1&amp;b=2">sito</a></li>' in page
    assert 'href="javascript:' not in page


@pytest.mark.parametrize("slug", LegalText.Slug.values)
def test_every_legal_text_is_there_from_the_first_day_and_can_be_kept(db, client, slug):
    page = text_of(client, "site:legal", slug)
    assert "Versione 1, in vigore dal" in page and "{" not in LegalText.objects.get(slug=slug).body
    pdf = client.get(reverse("site:legal-file", args=[slug, "pdf"]))
    assert pdf.content.startswith(b"%PDF-") and pdf["Content-Type"] == "application/pdf"
    words = client.get(reverse("site:legal-file", args=[slug, "txt"]))
    assert LegalText.objects.get(slug=slug).body in words.content.decode()
    assert f'filename="{slug}-v1.txt"' in words["Content-Disposition"]


def test_an_unknown_legal_text_is_not_found(db, client):
    assert client.get("/testi/altro/").status_code == 404
    assert client.get("/testi/altro.pdf").status_code == 404


def test_the_contents_are_born_once(db):
    ContactPoint.objects.filter(kind="fax").delete()
    LegalText.objects.filter(slug="cookie").delete()
    content.ensure_content()
    assert not ContactPoint.objects.filter(kind="fax").exists(), "what staff removed stays removed"
    assert LegalText.objects.filter(slug="cookie").count() == 1
    assert LegalText.objects.count() == len(LegalText.Slug.values)


def test_a_text_in_force_is_followed_by_a_version_and_never_changed(world, client):
    old = LegalText.objects.current("termini")
    old.body = "altro"
    with pytest.raises(services.InForce):
        services.save_content(obj=old, actor=world.supervisor)
    with pytest.raises(services.InForce):
        services.remove_content(obj=old, actor=world.supervisor)
    later = LegalText(
        slug="termini", title="Termini", body="Nuovi", valid_from=clock.now() + timedelta(days=3)
    )
    services.save_content(obj=later, actor=world.supervisor)
    assert later.version == 2
    assert LegalText.objects.current("termini").version == 1
    with clock.use(clock.now() + timedelta(days=4)):
        assert LegalText.objects.current("termini").version == 2
        assert "Nuovi" in text_of(client, "site:legal", "termini")


def test_the_next_version_starts_as_a_copy_of_the_last_and_is_the_only_one_to_change(world, enter):
    desk, old = enter(world.supervisor), LegalText.objects.current("cookie")
    assert "?slug=cookie" in desk.get(reverse("admin:site_legaltext_changelist")).content.decode()
    form = desk.get(reverse("admin:site_legaltext_add"), {"slug": "cookie"}).context["adminform"].form
    assert form.initial["body"] == old.body
    assert desk.post(reverse("admin:site_legaltext_change", args=[old.pk]), {"body": "x"}).status_code == 403
    assert (
        desk.post(reverse("admin:site_legaltext_delete", args=[old.pk]), {"post": "yes"}).status_code == 403
    )
    values = {"slug": "cookie", "title": "Cookie", "summary": "", "body": "Nuovo"}
    values |= {"valid_from_0": "01/01/2099", "valid_from_1": "00:00"}
    assert desk.post(reverse("admin:site_legaltext_add"), values).status_code == 302
    later = LegalText.objects.get(slug="cookie", version=2)
    url = reverse("admin:site_legaltext_change", args=[later.pk])
    assert desk.post(url, values | {"body": "Corretto"}).status_code == 302
    assert LegalText.objects.get(pk=later.pk).body == "Corretto"
    assert (
        desk.post(reverse("admin:site_legaltext_delete", args=[later.pk]), {"post": "yes"}).status_code == 302
    )
    assert LegalText.objects.filter(slug="cookie").count() == 1


def test_staff_change_a_contact_and_the_register_keeps_both_values(world, enter, client):
    fax = ContactPoint.objects.get(kind="fax")
    form = {"kind": "fax", "label": fax.label, "value": "800.111.222", "hours": "", "position": 20}
    assert (
        enter(world.supervisor)
        .post(reverse("admin:site_contactpoint_change", args=[fax.pk]), form)
        .status_code
        == 302
    )
    assert "800.111.222" in text_of(client, "site:public")
    entry = AuditEntry.objects.get(action="site.contact.changed")
    assert entry.changes == {"value": ["800.000.210", "800.111.222"]}
    assert (entry.actor, entry.source) == (world.supervisor, "admin")


def test_liveness_says_only_that_the_process_answers(db, client):
    answer = client.get("/salute/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_health_tells_apart_what_stops_pages_and_what_stops_work(db, client, monkeypatch):
    settings.BROKER_DIR.joinpath("messages").mkdir(parents=True, exist_ok=True)
    ready, working = "/salute/pronto/", "/salute/lavoro/"
    silent = {"status": "degraded", "checks": {"database": True, "broker": True, "workers": False}}
    assert (client.get(ready).status_code, client.get(ready).json()) == (200, silent)
    assert client.get(working).status_code == 503

    jobs.beat()
    assert client.get(working).json()["status"] == "ok" and client.get(working).status_code == 200
    with clock.use(clock.now() + timedelta(minutes=4)):
        assert client.get(working).status_code == 503

    def broken():
        raise DatabaseError

    monkeypatch.setitem(health._CHECKS, "database", broken)
    assert client.get(ready).status_code == 503
    assert client.get(ready).json()["status"] == "fault"


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("a.pdf", b"<html><script>", False), ("a.docx", b"MZ\x90", False), ("a.xls", b"PK\x03\x04", False),
        ("a.txt", b"MZ\x00\x01", False), ("a.html", b"<html>", False), ("a.pdf", b"%PDF-1.7", True),
        ("a.ods", b"PK\x03\x04...", True), ("a.csv", "linea;città".encode(), True),
    ],
)  # fmt: skip
def test_a_document_is_what_its_name_says(world, enter, name, content, taken):
    when = clock.rome(clock.now())
    form = {"title": "Documento", "audience": "public", "file": ContentFile(content, name=name)}
    form |= {"published": "on", "published_at_0": f"{when:%d/%m/%Y}", "published_at_1": "00:00"}
    answer = enter(world.supervisor).post(reverse("admin:site_document_add"), form)
    assert (answer.status_code == 302) is taken
    assert Document.objects.exists() is taken
