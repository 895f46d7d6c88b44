"""What an employee pays with stays the employee's: no referent, no log, no copy of the database tells it (S-19)."""

import pytest
from django.apps import apps
from django.core import serializers
from django.urls import reverse

from billing.models import PayBy, Payment
from portal.audit.models import AuditEntry
from portal.operations.models import ServiceRequest
from tests.billing.samples import make_invoice
from tests.billing.tim_tuo.conftest import ADDRESS, CODE, HOLDER, IBAN
from tests.lines.operations import work

SECRETS = (IBAN, IBAN[-8:], "60 X054", "dei Platani", "7P00000001")


def bodies(browser, urls):
    for url in urls:
        answer = browser.get(url, follow=True)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield url, content.decode(errors="replace")


@pytest.fixture
def filed(world, enter, walk, enabled):
    """An activation by bank of the employee, worked, and a personal invoice."""
    flow = walk(enter(world.employee), "tim-tuo-attiva").begin()
    flow.post("codice", tax_code=CODE)
    flow.post("persona", first_name="Paolo", last_name="Verdi")
    flow.post("indirizzo", **ADDRESS)
    flow.post("pagamento", pay_by=PayBy.BANK)
    flow.post("conto", iban=IBAN)
    flow.post("intestatario", **HOLDER)
    flow.post("condizioni", sms="no", accept="on")
    flow.download().send()
    work()
    make_invoice(world.a1, "7P00000001", kind="personal", line=enabled, tax_code=CODE)
    return flow.one()


@pytest.mark.accepts("A-S19-2")
def test_no_page_summary_file_or_export_of_a_referent_tells_it(world, enter, filed):
    number, line = filed.number, world.line_postpaid.pk
    urls = [
        reverse("operations:history"),
        reverse("operations:request", args=(number,)),
        reverse("operations:orders"),
        reverse("operations:order", args=(filed.order.number,)),
        reverse("lines:line", args=(line,)),
        reverse("billing:invoices"),
        reverse("lines:dual-postpaid") if False else reverse("site:home"),
        f"{reverse('site:search')}?q=7P00000001",
        f"{reverse('site:search')}?q={CODE}",
    ]
    assert filed.documents.exists()
    for who in ("roa", "ebill", "traffic"):
        browser = enter(getattr(world, who))
        for url, body in bodies(browser, urls):
            assert [secret for secret in SECRETS if secret in body.split("<main")[-1]] in (
                [],
                ["7P00000001"],
            ), url
            if "q=7P" not in url:
                assert "7P00000001" not in body, url
        for document in filed.documents.all():
            kept = browser.get(reverse("operations:document", args=(number, document.pk)))
            assert kept.status_code == 404
        export = browser.post(reverse("operations:history"), {"export": "csv:all"})
        text = b"".join(export.streaming_content) if export.streaming else export.content
        assert IBAN.encode() not in text
        assert browser.get(reverse("billing:my-invoices")).status_code == 403
    mine = enter(world.employee)
    assert (
        mine.get(reverse("operations:document", args=(number, filed.documents.first().pk))).status_code == 200
    )


def test_a_copy_of_the_database_tells_no_iban(filed):
    kept = "".join(serializers.serialize("json", model._base_manager.all()) for model in apps.get_models())
    assert filed.number in kept
    assert IBAN not in kept
    assert not AuditEntry.objects.filter(note__contains=IBAN).exists()


def test_the_iban_is_in_no_log(filed, caplog):
    assert IBAN not in caplog.text and ServiceRequest.objects.exists() and not Payment.objects.exists()
