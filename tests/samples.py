"""An object for every address that takes arguments, so that the permission test can open it.

A new address needs one entry: the owner is the set of people who may find the object, everybody else gets 404.

    @sample("billing:invoice")
    def _(world):
        return [for_a1(pk=make_invoice(world.a1).pk), for_b1(pk=make_invoice(world.b1).pk)]

A folder of tests may keep its own entries in its `samples.py`: they are found there.
The second object is what proves that 404 means "not yours" and not "not there": somebody else opens it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.contracts.access import PLATFORMS
from portal.site.models import Document, News

# Who is behind each attribute of tests.world: roles and the conditions their own line meets.
PEOPLE: dict[str, tuple[set[str], set[str]]] = {
    "roa": ({"R"}, set()),
    "ebill": ({"E"}, set()),
    "traffic": ({"T", "D"}, {"postpaid"}),
    "messaging": ({"M"}, set()),
    "employee": ({"D"}, {"postpaid"}),
    "employee_prepaid": ({"D"}, {"prepaid"}),
    "employee_prepaid_other": ({"D"}, {"prepaid"}),
    "employee_tim_tuo": ({"D"}, {"postpaid", "dual_billing", "dual_billing_postpaid"}),
    "outsider": ({"R"}, set()),
    "operator": (set(), set()),  # in, without any role; a number nobody knows is logged out
}
FORESEEN = {f"platform_{code}" for code in PLATFORMS}  # by both contracts of the world
EVERYBODY = frozenset(PEOPLE)
PEOPLE_OF_A1 = EVERYBODY - {
    "outsider", "nobody", "operator", "employee_tim_tuo", "employee_prepaid_other",
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    kwargs: dict
    owners: frozenset[str]


def for_people(*names: str, **kwargs) -> Sample:
    """An object that only these people may find."""
    return Sample(kwargs, frozenset(names))


def for_a1(**kwargs) -> Sample:
    """An object of contract A1: found by whoever may open the function there."""
    return Sample(kwargs, PEOPLE_OF_A1)


def for_b1(**kwargs) -> Sample:
    """An object of the other organization."""
    return Sample(kwargs, frozenset({"outsider"}))


def for_all(**kwargs) -> Sample:
    """Arguments that name no object: a tab, a format, a step."""
    return Sample(kwargs, EVERYBODY)


SAMPLES: dict[str, Callable[[object], list[Sample]]] = {}


def sample(*url_names: str):
    def register(make):
        for name in url_names:
            if name in SAMPLES:
                raise ValueError(f"{name} has two samples")
            SAMPLES[name] = make
        return make

    return register


# --- portal.site ---------------------------------------------------------------------------------------------
@sample("site:legal")
def _legal(world):
    return [for_all(slug="privacy")]


@sample("site:legal-file")
def _legal_file(world):
    return [for_all(slug="privacy", kind="pdf"), for_all(slug="termini", kind="txt")]


@sample("site:news-detail")
def _news(world):
    return [for_all(pk=News.objects.create(title="Novità", summary="-", body="-", published=True).pk)]


@sample("site:document-file")
def _document(world):
    document = Document.objects.create(title="Guida", file="documents/assente.pdf", published=True)
    return [for_all(pk=document.pk)]
