"""A legal text as a PDF people can keep."""

from __future__ import annotations

from io import BytesIO

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, ListFlowable, ListItem, Paragraph

from portal import clock, pdf
from portal.site import markup
from portal.site.models import LegalText


class LegalDocument(pdf.Document):
    def __init__(self, text: LegalText):
        self.text = text
        self.title = text.title
        self.reference = _("Versione %(version)d, in vigore dal %(day)s") % {
            "version": text.version,
            "day": f"{clock.rome_date(text.valid_from):%d/%m/%Y}",
        }

    def story(self) -> list[Flowable]:
        return [flowable for block in markup.blocks(self.text.body) for flowable in _flowables(block)]


def write(text: LegalText) -> bytes:
    content = BytesIO()
    with override("it"):  # the language in which the text holds
        LegalDocument(text).write(content)
    return content.getvalue()


def _flowables(block: markup.Block) -> list[Flowable]:
    style = "section" if block.kind == "title" else "text"
    spaced = ParagraphStyle(
        f"legal-{style}", pdf.styles()[style], spaceAfter=4, keepWithNext=style == "section"
    )
    lines = [Paragraph(_inline(line), spaced) for line in block.lines]
    if block.kind != "list":
        return lines
    items = [ListItem(line, leftIndent=12) for line in lines]
    return [ListFlowable(items, bulletType="bullet", bulletFontSize=6, bulletOffsetY=-2, leftIndent=12)]


def _inline(line: str) -> str:
    """The line with its links; what people typed is never markup."""
    pieces = []
    for words, address in markup.parts(line):
        where = f"{settings.PORTAL_URL}{address}" if address.startswith("/") else address
        link = format_html('<link href="{}" color="#0059B3">{}</link>', where, words)
        pieces.append(link if address else format_html("{}", words))
    return "".join(pieces)
