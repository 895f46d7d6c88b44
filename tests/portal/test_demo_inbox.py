"""The phone and the mailbox of the demo, in pages and as data."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.demo.models import DemoMail, DemoSms
from portal.outbox.models import Message
from portal.outbox.services import deliver_all, send_mail, send_sms

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(settings, tmp_path):
    folder = tmp_path / "email"
    folder.mkdir()
    (folder / "trial.subject").write_text("Conferma")
    (folder / "trial.txt").write_text("Apri https://portale.example/conferma/abc. Grazie <b>")
    (folder / "trial.html").write_text('<p style="color:red">Apri</p><script>alert(1)</script>')
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    for text in ("primo", "Codice 123456"):
        send_sms(to="3312540001", text=text, kind="trial", secret=True)
        deliver_all()
    send_mail(
        to="Anna@Example.org", template="trial", context={}, kind="trial",
        attachments=[("soglie.csv", "text/csv", b"a;b")],
    )  # fmt: skip
    deliver_all()


def test_the_phone_shows_its_sms_newest_first_from_40134_to_anybody(client, received):
    assert client.get("/demo/telefono/3312540001/").content.decode().index("Codice 123456") > 0
    data = client.get("/demo/telefono/3312540001/?format=json").json()
    assert [sms["text"] for sms in data] == ["Codice 123456", "primo"]
    assert {sms["sender"] for sms in data} == {"40134"} and all(sms["sent_at"] for sms in data)
    assert client.get("/demo/telefono/3312540002/?format=json").json() == []


def test_the_phone_confirms_delivery_and_the_outbox_forgets_the_code(received):
    messages = Message.objects.filter(channel="sms")
    assert {(m.state, m.text) for m in messages} == {(Message.State.DELIVERED, "")}


def test_the_mailbox_gives_text_html_links_and_attachments(client, received):
    (mail,) = client.get("/demo/posta/anna@example.org/?format=json").json()
    assert mail["subject"] == "Conferma" and mail["recipient"] == "anna@example.org"
    assert mail["sender"] == "convenzionemobile8@telecomitalia.it"
    assert mail["sender_name"] == "TIM - convenzionemobile8@telecomitalia.it"
    assert mail["links"] == ["https://portale.example/conferma/abc"] and "<p" in mail["html"]
    (attachment,) = mail["attachments"]
    assert (attachment["name"], attachment["size"]) == ("soglie.csv", 3)
    download = client.get(attachment["url"])
    assert download.getvalue() == b"a;b" and "attachment" in download["Content-Disposition"]


def test_the_mailbox_page_shows_the_text_as_text(client, received):
    page = client.get("/demo/posta/anna@example.org/").content.decode()
    assert "Grazie &lt;b&gt;" in page and "alert(1)" not in page


def test_the_graphic_version_of_a_mail_can_do_nothing(client, received):
    answer = client.get(reverse("demo:mail_html", args=(DemoMail.objects.get().pk,)))
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy and "allow-scripts" not in policy and "default-src 'none'" in policy
    assert "script-src 'none'" in policy and "form-action 'none'" in policy


def test_the_index_lists_phones_and_mailboxes(client, received):
    page = client.get("/demo/").content.decode()
    assert "/demo/telefono/3312540001/" in page and "/demo/posta/anna@example.org/" in page


def test_an_empty_phone_and_an_empty_mailbox_say_so(client, db):
    assert "Nessun SMS per questo numero" in client.get("/demo/telefono/3319999999/").content.decode()
    assert "Nessuna e-mail per questo indirizzo" in client.get("/demo/posta/x@example.org/").content.decode()


def test_a_message_handed_over_twice_arrives_once(received):
    for message in Message.objects.all():
        Message.objects.filter(pk=message.pk).update(state=Message.State.QUEUED)
    deliver_all()
    assert (DemoSms.objects.count(), DemoMail.objects.count()) == (2, 1)
