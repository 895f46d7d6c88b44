"""A small operation of the tests' own: it writes down what it worked."""

from __future__ import annotations

import pytest

from lines.models import Line
from portal.accounts.models import User
from portal.contracts.access import Access
from portal.operations import declare
from portal.operations.declare import DocumentSpec, Filing, Flow, Gate, Item, Operation, Unworkable
from portal.operations.services import drafts

worked: list[int] = []


@pytest.fixture
def operation(settings):
    """Declares the operation and its flow for one test."""
    worked.clear()

    class Blink(Operation):
        row, kind, title = "10", "test-blink", "Lampeggia"

        def fulfil(self, item):
            if item.values.get("fails"):
                raise Unworkable("La linea non risponde.")
            worked.append(item.subject_id)

    class BlinkFlow(Flow):
        name, function, operations, gate = "test-blink", "7.3.7", (Blink,), Gate.DOCUMENTS

        def documents(self):
            return [DocumentSpec("summary", "riepilogo.pdf", "application/pdf")]

        def filings(self):
            chosen = list(self.draft.items.values_list("subject_id", flat=True))
            lines = Line.objects.for_access(self.access).filter(pk__in=chosen).order_by("pk")
            fails = self.draft.values.get("form", {}).get("fails", [])
            items = [Item(one.pk, one.number, one.number, {"fails": one.number in fails}) for one in lines]
            if items:
                yield Filing(Blink, items, self.draft.values.get("form", {}))

    yield Blink
    declare.OPERATIONS.pop("test-blink")
    declare.FLOWS.pop("test-blink")


@pytest.fixture
def access(world):
    return Access.load(world.roa, world.a1.pk)


@pytest.fixture
def draft(operation, access, world):
    """A draft with one line chosen and its document downloaded: ready to be submitted."""
    made = drafts.begin(flow="test-blink", access=access)
    drafts.choose(made, [world.line_postpaid.pk])
    drafts.downloaded(made, DocumentSpec("summary", "riepilogo.pdf", "application/pdf"))
    return made


@pytest.fixture
def flows(settings, monkeypatch):
    """The flows of the tests, declared and mounted under /prove/."""
    from tests.portal.operations import flows as declared

    settings.ROOT_URLCONF = "tests.portal.operations.urls"
    for one in declared.OPERATIONS:
        monkeypatch.setitem(declare.OPERATIONS, one.kind, one)
    for one in declared.FLOWS:
        monkeypatch.setitem(declare.FLOWS, one.name, one)
    declared.worked.clear()
    return declared


@pytest.fixture
def people(world):
    """Everybody is somebody: the tax codes tell one human from another."""
    persons = [person for person in vars(world).values() if isinstance(person, User)]
    for number, person in enumerate(persons):
        person.tax_code = f"PRSNNA70A41A{number:03d}Z"
        person.save()
    return world
