"""How an operation is declared.

An `Operation` is a row of the appendix: what is filed and what happens when it is worked.
A `Flow` is the guided page that leads to it: one function of the catalogue, which may file one operation or more.
Both register themselves by being defined; a wrong row, kind or function fails at import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal import functions
from portal.operations import summary
from portal.operations.appendix import ROWS
from portal.operations.models import Draft, OrderState, Priority, RequestItem, ServiceRequest

OPERATIONS: dict[str, type[Operation]] = {}
FLOWS: dict[str, type[Flow]] = {}


class Unworkable(Exception):
    """The item cannot be worked, for a reason a person can read."""


class Refusal(Exception):
    """The draft cannot be filed as it stands, for a reason a person can read."""


class Gate(StrEnum):
    DOCUMENTS = "documents"  # "Conferma dei dati": nothing is filed before every file was downloaded (S-13)
    POPUP = "popup"  # one question naming the effect: `Flow.question()`
    PLAIN = "plain"  # the form's own button files it: no page of confirmation


class Operation:
    row: str = ""  # of the appendix; gives description and order flag
    kind: str = ""  # stored; distinct even where descriptions are shared
    title: object = ""  # what people read on pages
    promise: timedelta = timedelta(days=1)
    one_at_a_time: bool = True  # S-28
    at_the_desk: bool = False  # worked by customer service, not by the fulfiller
    priority: Priority = Priority.NORMAL  # in the queue of the desk
    order_ends: OrderState = OrderState.ISSUED
    risky: str = ""  # a `portal.accounts.risk.Action`: refused with SMS alone after a SIM swap (B-10)
    personal: bool = (
        False  # papers, details and reasons are of who filed it alone; referents see how it ended
    )

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if not cls.kind:
            return
        if cls.kind in OPERATIONS:
            raise ValueError(f"operation kind {cls.kind} is declared twice")
        cls.label = ROWS[cls.row].description
        cls.with_order = ROWS[cls.row].order
        OPERATIONS[cls.kind] = cls

    def fulfil(self, item: RequestItem) -> None:
        """Apply the effect of one item, in the transaction that marks it done. Raise `Unworkable` to fail it."""

    def filed(self, request: ServiceRequest) -> None:
        """Called once when the request has been stored with its items, in the same transaction."""

    def refused(self, request: ServiceRequest) -> None:
        """Called once when the request closes with nothing done, in the closing transaction."""

    def finished(self, request: ServiceRequest) -> None:
        """Called once when the request closes with at least one item done, in the closing transaction."""

    def amount(self, request: ServiceRequest) -> Decimal | None:
        """What it costs in all, where it has a price: a contract may want a second yes above so many euros."""
        return None

    # --- How a request of this kind is shown later --------------------------------------------------------
    def details(self, request: ServiceRequest) -> list[tuple[object, object]]:
        """(label, value) of what was asked for, from `request.values`."""
        return []

    def describe(self, item: RequestItem) -> str:
        """What was asked for this one item, from `item.values`."""
        return ""

    def history_url(self, request: ServiceRequest) -> str:
        """Where the number in «Storico pratiche» leads; only device tickets have such a place (7.3.1/R1)."""
        return ""


@dataclass(slots=True)
class Item:
    """One object of a filing."""

    subject_id: int | None = None
    label: str = ""
    line_number: str = ""
    values: dict = field(default_factory=dict)


@dataclass(slots=True)
class Subjects:
    """Many objects alike: stored by one statement, without passing through this process.

    `label` and `line_number` are paths of the queryset; `values` are the same for every object.
    """

    queryset: QuerySet
    label: str = "number"
    line_number: str = "number"
    values: dict = field(default_factory=dict)


@dataclass(slots=True)
class Filing:
    """What one submit asks for under one operation."""

    operation: type[Operation]
    items: Iterable[Item] | Subjects
    values: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """A file to download before confirming."""

    key: str
    name: str
    content_type: str = "application/pdf"
    label: object = _("Scarica il pdf con il riepilogo dei dati")
    upload: int | None = None  # the `DraftUpload` it hands back
    printable: bool = True  # the summary and its list are pages too


SUMMARY = DocumentSpec("riepilogo", "riepilogo.pdf")
LIST = DocumentSpec("elenco", "elenco-linee.pdf", label=_("Scarica il pdf con l'elenco delle linee"))


@dataclass(frozen=True, slots=True)
class Question:
    """What a pop-up asks: name the effect, never «OK»."""

    title: object
    text: object
    yes: object
    danger: bool = False


class Flow:
    """The pages of one function: steps, then the confirmation, then the outcome."""

    name: str = ""  # in the address, and stored with the draft
    function: str = ""
    operations: tuple[type[Operation], ...] = ()
    steps: tuple = ()  # classes of portal.operations.steps
    gate: Gate = Gate.DOCUMENTS
    list_apart: bool = False  # the list of lines is a file of its own too
    can_notify: bool = True  # offers to tell the person when the request is closed
    fresh_factor: bool = False  # sending asks for a second factor once more (B-08)
    home: str = ""  # the address of the page it is begun from, where that is not the page of its function
    not_open: object = _("Questo contratto non prevede la richiesta sul portale.")

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if not cls.name:
            return
        if cls.name in FLOWS:
            raise ValueError(f"flow {cls.name} is declared twice")
        functions.get(cls.function)
        FLOWS[cls.name] = cls

    def __init__(self, draft: Draft, access):
        self.draft, self.access = draft, access

    # --- What a declaration says --------------------------------------------------------------------------
    @classmethod
    def is_open_to(cls, access) -> bool:
        """Beyond the role: does this contract foresee the flow at all?"""
        return True

    @classmethod
    def contract_of(cls, access):
        """The key of the contract drafts belong to; flows on the own line say another one."""
        return access.contract.pk

    @staticmethod
    def frame(request) -> dict:
        """What its section shows round every page: `tabs` and `side`, as the pages beside it do."""
        return {}

    def filings(self) -> Iterator[Filing]:
        """What the draft asks for. Raise `Refusal` when it cannot be filed as it stands."""
        raise Refusal(_("Non c'è nulla da inviare."))

    def sections(self) -> list[summary.Section]:
        """What was chosen, for the summary."""
        return []

    def rows(self) -> summary.Rows | None:
        """The objects chosen, for the summary."""
        return None

    def question(self) -> Question:
        """What the pop-up asks (gate POPUP only)."""
        return Question(self.title, "", _("conferma"))

    def kinds(self) -> tuple[str, ...]:
        """The kinds this draft may file: objects with one of them open cannot be chosen (S-28)."""
        return tuple(operation.kind for operation in self.operations if operation.one_at_a_time)

    # --- What follows from it -----------------------------------------------------------------------------
    @property
    def title(self):
        return functions.get(self.function).heading

    def values(self, step: str) -> dict:
        return self.draft.values.get(step, {})

    def documents(self) -> list[DocumentSpec]:
        """The files of the gate, in order."""
        if self.gate != Gate.DOCUMENTS:
            return []
        uploads = [
            DocumentSpec(
                f"allegato-{upload.pk}",
                upload.name,
                upload.content_type,
                _("Scarica il documento caricato: %(name)s") % {"name": upload.name},
                upload.pk,
            )
            for upload in self.draft.uploads.order_by("pk")
        ]
        return [SUMMARY, *([LIST] if self.list_apart else []), *uploads]

    def document(self, key: str) -> DocumentSpec | None:
        return next((spec for spec in self.documents() if spec.key == key), None)

    def missing_documents(self) -> list[DocumentSpec]:
        """Those not downloaded since the draft last changed."""
        done = self.draft.downloads
        return [spec for spec in self.documents() if done.get(spec.key) != self.draft.revision]

    def write(self, spec: DocumentSpec, stream: BinaryIO, progress=None) -> None:
        """One document of the gate; a flow with papers of its own writes those itself."""
        summary.write_pdf(self.summary(), stream, only_rows=spec.key == LIST.key, progress=progress)

    def summary(self) -> summary.Summary:
        return summary.Summary(
            title=self.title,
            parties=summary.parties(self.draft),
            contract=summary.contract(self.draft),
            sections=self.sections(),
            rows=self.rows(),
            fingerprint=self.draft.fingerprint,
        )


def flow_of(draft: Draft, access) -> Flow:
    return FLOWS[draft.flow](draft, access)


def operation_of(kind: str) -> Operation:
    """Requests of other channels may be of a kind nobody declares: they are shown, and never worked here."""
    return OPERATIONS.get(kind, Operation)()
