"""The papers: every sign that stands in a text is drawn."""

import io

import pytest
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics

from portal import pdf


class Paper(pdf.Document):
    title = "Prova"

    def __init__(self, text):
        self.text = text

    def story(self):
        return [
            pdf.paragraph(self.text),
            pdf.pairs([("Prima e dopo", self.text)]),
            pdf.Rows((pdf.Column("Abilitato"),), [(self.text,)]),
        ]


def test_an_arrow_between_old_and_new_is_not_left_out():
    stream = io.BytesIO()
    Paper("No → Si").write(stream)
    text = " ".join(page.extract_text() for page in PdfReader(stream).pages)
    assert text.count("No › Si") == 3


@pytest.mark.parametrize("sign", [*pdf.DRAWN.values(), "€", "–", "…", "•", "«", "»", "’", "à", "È"])
def test_the_fonts_have_the_signs_we_use(sign):
    pdf.styles()
    for font in (pdf.BODY, pdf.BOLD):
        assert ord(sign) in pdfmetrics.getFont(font).face.charToGlyph, sign
