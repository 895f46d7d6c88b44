"""Whatever people type is printed as text: a PDF fetches nothing, opens no foreign file and never breaks."""

from __future__ import annotations

import io
import socket
from pathlib import Path

import pytest
from django.conf import settings
from pypdf import PdfReader

from portal import clock, pdf
from portal.site import legal_pdf
from portal.site.models import LegalText

PARTS = (
    '<img src="{0}"/>', '<img src="{0}" width="10" height="10">', '<link href="{0}">x</link>', '<a href="{0}">x</a>',
    '<link rel="attachment" href="{0}">', "<style>@import url({0})</style>", '<para backColor="red">{0}</para>',
    '<font name="{0}">x</font>', "<onDraw name={0} label=x/>", '<seq id="{0}"/>', "<!DOCTYPE x [<!ENTITY y SYSTEM '{0}'>]>&y;",
    "{0}", "<b>{0}", "</para>{0}", "<![CDATA[{0}]]>", "<?xml {0}?>", "&{0};", "<br/><br/>{0}", "\x00{0}\x0b", "{0}\u202e",
    '"><script src={0}></script>', "[x]({0})", "%PDF-1.7 {0} endstream endobj", ") Tj /JS ({0}) (",
)  # fmt: skip
TARGETS = (
    "http://127.0.0.1:9/x.png", "https://example.org/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "/etc/passwd",
    "../../portal/settings.py", "javascript:alert(1)", "data:image/png;base64,AAAA", "//127.0.0.1/x", "x" * 3000, "riga\n" * 300,
)  # fmt: skip
PAYLOADS = [part.format(target) for part in PARTS for target in TARGETS]


class Hostile(pdf.Document):
    def __init__(self, texts):
        self.title, self.texts = texts[0], texts
        self.reference = texts[-1][:200]

    def story(self):
        yield from map(pdf.paragraph, self.texts)
        yield pdf.pairs([("Nota", text) for text in self.texts])
        columns = [pdf.Column(self.texts[0]), pdf.Column("b", right=True)]
        yield pdf.Rows(columns, [(text, text) for text in self.texts])


@pytest.fixture
def watched(monkeypatch):
    """Every connection and every file opened while the PDF is made."""
    touched = []
    pdf.styles()  # the fonts are ours
    real = open

    def opening(file, *args, **kwargs):
        touched.append(str(file))
        return real(file, *args, **kwargs)

    monkeypatch.setattr("builtins.open", opening)
    monkeypatch.setattr(io, "open", opening)
    monkeypatch.setattr(socket.socket, "connect", lambda *args: touched.append(f"connect {args[1:]}"))
    return touched


def acting(reader: PdfReader) -> set[str]:
    """What the file could do by itself."""
    found = {"/OpenAction", "/AA", "/Names", "/AcroForm", "/AF"} & set(reader.trailer["/Root"])
    for page in reader.pages:
        found |= {"/AA"} & set(page)
        found |= {str(note.get_object().get("/Subtype")) for note in page.get("/Annots") or ()}
    return found


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 44))
def test_texts_of_every_kind_are_printed_and_do_nothing(start, watched):
    texts, out = PAYLOADS[start : start + 44], io.BytesIO()
    Hostile(texts).write(out)

    foreign = [
        name for name in watched if "reportlab" not in name and not name.startswith(settings.PDF_FONTS)
    ]
    assert foreign == []
    reader = PdfReader(out)
    assert reader.pages and acting(reader) == set()
    assert b"/JS" not in out.getvalue() and b"root:x:" not in out.getvalue()


def test_the_watch_sees_a_file_and_a_connection(watched, tmp_path):
    """The control."""
    path = Path(tmp_path / "x")
    path.touch()
    open(path).close()
    socket.socket().connect(("127.0.0.1", 9))
    assert len(watched) == 2


def test_links_of_legal_texts_lead_to_addresses_and_nothing_else(watched):
    texts = [text.replace("\x00", "").replace("\x0b", "") for text in PAYLOADS]
    body = "\n\n".join(
        f"## {text}\n- {text}\n\n[y]({text.split()[0] if text.split() else ''})" for text in texts
    )
    written = legal_pdf.write(LegalText(title="Prova", body=body, version=1, valid_from=clock.now()))

    reader = PdfReader(io.BytesIO(written))
    links = {
        str(note.get_object()["/A"]["/URI"]) for page in reader.pages for note in page.get("/Annots") or ()
    }
    assert "http://127.0.0.1:9/x.png" in links
    assert all(link.startswith(("http://", "https://", "mailto:", "tel:")) for link in links)
    assert [
        name for name in watched if "reportlab" not in name and not name.startswith(settings.PDF_FONTS)
    ] == []
    assert b"root:x:" not in written
