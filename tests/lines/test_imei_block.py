"""«Blocco apparato con e senza IMEI» (7.3.13)."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from lines.models import Device, ImeiBlock
from portal import clock, functions
from portal.operations.models import RequestState, ServiceRequest
from tests.lines.operations import Walk, went_on, work

PAGE = "/linee/blocco-apparato/"
IMEI, OTHER = "353042098000644", "490154203237518"


@pytest.fixture
def roa(world, enter):
    return enter(world.roa)


@pytest.fixture
def device(world):
    return Device.objects.create(
        contract=world.a1,
        imei=IMEI,
        nmu_code="705935",
        description="Samsung Galaxy",
        line=world.line_postpaid,
    )


def picture(name: str = "denuncia.png") -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(stream, "PNG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/png")


def paper(name: str = "documento.pdf") -> SimpleUploadedFile:
    from pypdf import PdfWriter

    stream, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(stream)
    return SimpleUploadedFile(name, stream.getvalue(), "application/pdf")


def answers(**changed) -> dict:
    data = {
        "applicant": "Maria Rossi", "applicant_code": "RSSMRA66A02F839D", "phone": "051 234567",
        "email": "maria@example.org", "event": "furto", "happened_on": f"{clock.today():%Y-%m-%d}",
        "place": "Bologna", "report": picture(), "identity": paper(),
    } | changed  # fmt: skip
    return {name: value for name, value in data.items() if value is not None}


def unknown(**changed) -> dict:
    today = f"{clock.today():%Y-%m-%d}"
    asked = {"line": "3312547228", "used_from": today, "used_to": today, "model": "Samsung Galaxy"}
    return answers(**(asked | changed))


@pytest.mark.accepts("A-7.3.13-1")
def test_the_entry_stands_directly_under_pratiche_e_richieste(roa):
    function = functions.get("7.3.13")
    assert [str(section.label) for section in functions.path_of(function)] == ["Pratiche e richieste"]
    assert f'href="{PAGE}"' in roa.get(PAGE).content.decode()


@pytest.mark.accepts("A-7.3.13-2")
def test_the_padlock_opens_the_form_with_the_imei_and_clicca_qui_the_other(roa, device):
    page = roa.get(PAGE).content.decode()
    row = next(part for part in page.split("<tr>") if IMEI in part)
    assert f'href="/linee/blocca-apparato/?linea={device.pk}"' in row and "it-locked" in row
    assert 'href="/linee/blocca-apparato-senza-imei/">Clicca qui' in page
    known = Walk(roa, "blocca-apparato").begin(linea=device.pk)
    form = known.page("dati").context["form"]
    assert form["imei"].value() == IMEI and form["line"].value() == "3312547228"
    other = Walk(roa, "blocca-apparato-senza-imei").begin()
    assert "imei" not in other.page("dati").context["form"].fields


@pytest.mark.parametrize("typed", [IMEI, "3312547228", "Galaxy", IMEI[:6]])
def test_a_device_is_found_by_imei_line_or_description(roa, device, world, typed):
    Device.objects.create(contract=world.a1, imei=OTHER, nmu_code="705935", description="Router")
    body = roa.get(PAGE, {"linea": typed}).content.decode().split("<tbody>")[1]
    assert IMEI in body and OTHER not in body


@pytest.mark.accepts("A-7.3.13-3")
@pytest.mark.parametrize(
    "wrong",
    [
        {"report": None},
        {"identity": None},
        {"report": SimpleUploadedFile("denuncia.pdf", b"MZ not a pdf", "application/pdf")},
        {"identity": SimpleUploadedFile("carta.exe", b"MZ", "image/png")},
        {
            "report": SimpleUploadedFile(
                "grande.pdf", b"%PDF-1.4" + b"0" * (5 * 1024 * 1024), "application/pdf"
            )
        },
    ],
    ids=["no report", "no identity", "not a pdf", "wrong type", "oversize"],
)
@pytest.mark.parametrize("flow", ["blocca-apparato", "blocca-apparato-senza-imei"])
def test_both_documents_are_needed_and_only_small_pdf_jpg_png(roa, device, flow, wrong):
    known = flow == "blocca-apparato"
    walk = Walk(roa, flow).begin(**({"linea": device.pk} if known else {}))
    answer = walk.post("dati", **(answers(**wrong) if known else unknown(**wrong)))
    assert not went_on(answer)
    assert set(wrong) & set(answer.context["form"].errors)
    assert walk.browser.get(walk.url("confirm")).status_code == 302
    assert not ServiceRequest.objects.exists()


@pytest.mark.accepts("A-7.3.13-4", "A-7.3.13-5")
def test_the_gate_wants_summary_and_each_document_and_there_is_no_order(roa, device):
    walk = Walk(roa, "blocca-apparato").begin(linea=device.pk)
    assert went_on(walk.post("dati", **answers(line="3312547228")))
    rows = walk.page().context["documents"]
    assert [row.spec.name for row in rows] == ["riepilogo.pdf", "denuncia.png", "documento.pdf"]
    for row in rows:
        walk.send()
        assert not ServiceRequest.objects.exists(), f"sent before {row.spec.name}"
        assert roa.get(row.url).status_code == 200
    walk.send()
    request = walk.one()
    assert (request.label, request.line_number) == ("Blocco Imei", "3312547228")
    assert not hasattr(request, "order")
    assert request.documents.count() == 3
    work()
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    block = ImeiBlock.objects.get()
    assert (block.imei, block.device, block.contract) == (IMEI, device, device.contract)
    assert "Bloccato" in roa.get(PAGE).content.decode()


@pytest.mark.accepts("A-7.3.13-4", "A-7.3.13-5")
def test_without_the_imei_the_device_is_found_from_the_line(roa, device):
    walk = Walk(roa, "blocca-apparato-senza-imei").begin()
    assert went_on(walk.post("dati", **unknown()))
    rows = walk.page().context["documents"]
    assert len(rows) == 3
    for row in rows:
        walk.send()
        assert not ServiceRequest.objects.exists()
        roa.get(row.url)
    walk.send()
    request = walk.one()
    assert (request.label, request.line_number) == ("Blocco Imei", "3312547228")
    assert not hasattr(request, "order")
    work()
    assert ImeiBlock.objects.get().imei == IMEI


def test_a_line_without_a_device_refuses_the_request_with_a_reason(roa, world):
    walk = Walk(roa, "blocca-apparato-senza-imei").begin()
    walk.post("dati", **unknown())
    walk.download().send()
    work()
    request = walk.one()
    assert request.state == RequestState.REFUSED and "Dal traffico" in request.reason


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("line", "3700801103"),
        ("used_to", "2020-01-01"),
        ("used_from", "2099-01-01"),
        ("happened_on", "2099-01-01"),
        ("applicant_code", "XX"),
        ("note", "x" * 301),
    ],
)
def test_a_wrong_answer_is_told_and_the_documents_need_not_come_again(roa, device, field, value):
    walk = Walk(roa, "blocca-apparato-senza-imei").begin()
    answer = walk.post("dati", **unknown(**{field: value}))
    assert not went_on(answer) and field in answer.context["form"].errors
    again = unknown()
    assert went_on(walk.post("dati", **{k: v for k, v in again.items() if k not in ("report", "identity")}))


def test_a_device_of_another_contract_is_not_found(roa, world):
    other = Device.objects.create(contract=world.b1, imei=OTHER, nmu_code="705935")
    walk = Walk(roa, "blocca-apparato").begin(linea=other.pk)
    assert not walk.draft.items.exists()
    assert OTHER not in roa.get(PAGE).content.decode()


def test_a_device_blocked_already_cannot_be_chosen(roa, device):
    ImeiBlock.objects.create(contract=device.contract, imei=IMEI, device=device)
    walk = Walk(roa, "blocca-apparato").begin(linea=device.pk)
    walk.post("linee", lines=[device.pk])
    assert not walk.draft.items.exists()


def test_the_imei_in_the_form_is_not_what_the_browser_sends(roa, device):
    walk = Walk(roa, "blocca-apparato").begin(linea=device.pk)
    walk.post("dati", **answers(imei=OTHER))
    walk.download().send()
    work()
    assert ImeiBlock.objects.get().imei == IMEI
