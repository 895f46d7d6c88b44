"""The summary of a draft: the same content as a page and as a PDF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _
from reportlab.platypus import Spacer

from portal import clock, pdf

ON_THE_PAGE = 20


@dataclass(slots=True)
class Section:
    """Labels and values under a heading."""

    title: object
    values: Sequence[tuple[object, object]]


@dataclass(slots=True)
class Rows:
    """What the request is about, one object a row."""

    title: object
    columns: Sequence[pdf.Column]
    rows: Iterable[Sequence[object]]
    count: int = 0
    on_the_page: int = ON_THE_PAGE

    @property
    def first_rows(self) -> list[list[tuple[pdf.Column, object]]]:
        """What the page shows; the document shows them all."""
        return [list(zip(self.columns, row, strict=True)) for row in islice(self.rows, self.on_the_page)]

    @property
    def more(self) -> int:
        return max(self.count - self.on_the_page, 0)


@dataclass(slots=True)
class Summary:
    title: object
    parties: Section
    contract: Section
    sections: list[Section] = field(default_factory=list)
    rows: Rows | None = None
    fingerprint: str = ""


def parties(draft) -> Section:
    """Who asks, and for whom."""
    organization = draft.contract.organization
    return Section(
        _("Chi fa la richiesta"),
        [
            (_("Richiedente"), draft.user.get_full_name()),
            (_("N° mobile"), draft.user.mobile_number),
            (_("Ente"), organization.name),
            (_("Codice Fiscale"), organization.tax_code),
        ],
    )


def contract(draft) -> Section:
    return Section(
        _("Contratto"),
        [
            (_("Contratto"), draft.contract.number),
            (_("Tipologia offerta"), draft.contract.agreement.offer_type),
            (_("Data"), f"{clock.rome(clock.now()):%d/%m/%Y %H:%M}"),
        ],
    )


class SummaryPdf(pdf.Document):
    """«Modulo riepilogativo»."""

    def __init__(self, summary: Summary):
        self.summary = summary
        self.title = _("Riepilogo: %(title)s") % {"title": summary.title}
        self.reference = _("Impronta dei dati %(fingerprint)s") % {"fingerprint": summary.fingerprint}

    def story(self):
        half = pdf.content_width() / 2 - 12
        story = [
            pdf.paragraph(
                _("Questi sono i dati che hai inserito. Controllali prima di inviare la richiesta.")
            ),
            Spacer(0, 8),
            pdf.side_by_side(
                self._block(self.summary.parties, half), self._block(self.summary.contract, half)
            ),
        ]
        for section in self.summary.sections:
            story += self._block(section, None)
        if self.summary.rows is not None:
            story.append(pdf.paragraph(self.summary.rows.title, "section"))
            story.append(pdf.Rows(self.summary.rows.columns, self.summary.rows.rows))
        return story

    def _block(self, section: Section, width: float | None) -> list:
        return [pdf.paragraph(section.title, "section"), pdf.pairs(section.values, width)]


class RowsPdf(pdf.Document):
    """The list of lines alone, where the catalogue wants it as a file of its own."""

    def __init__(self, summary: Summary):
        self.summary = summary
        self.title = summary.rows.title
        self.reference = _("Impronta dei dati %(fingerprint)s") % {"fingerprint": summary.fingerprint}

    def story(self):
        head = [(_("Operazione"), self.summary.title), *self.summary.contract.values]
        return [
            pdf.pairs(head),
            Spacer(0, 14),
            pdf.Rows(self.summary.rows.columns, self.summary.rows.rows),
        ]


def write_pdf(summary: Summary, stream: BinaryIO, *, only_rows: bool = False, progress=None) -> None:
    """`progress(done)` is called now and then while a long list is read."""
    if progress is not None and summary.rows is not None:
        summary.rows.rows = _counted(summary.rows.rows, progress)
    (RowsPdf if only_rows else SummaryPdf)(summary).write(stream)


def _counted(rows: Iterable, progress) -> Iterable:
    for done, row in enumerate(rows, 1):
        yield row
        if done % 500 == 0:
            progress(done)
