"""A word planted in every text of one organization appears to nobody of another: no page, file, search or error.

The walk finds new addresses, new samples and new models by itself.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.urls import reverse

from portal.contracts.models import Address, Contract, Organization
from portal.contracts.routes import Route, every_route
from portal.jobs import services as jobs
from portal.lists import ListPage
from portal.lists.models import ExportJob
from tests import world as people
from tests.lines import stock
from tests.portal import test_permissions  # noqa: F401 - gathers the samples of every folder
from tests.samples import SAMPLES, Sample

CANARY = "CANARINO"
OURS = ("portal.", "lines", "billing", "thresholds", "support")
PEOPLE_OF_A = ("roa", "ebill", "traffic", "messaging", "employee_prepaid")  # every role, both kinds of line
# By these the portal knows who somebody is: changed, they would be somebody else.
IDENTITY = {"mobile_number", "username", "password"}
# What cannot be asked twice: they end the session or write nothing to read.
LEFT_ALONE = {"accounts:logout"}

ROUTES = [
    route
    for route in every_route()
    if route.name
    and route.function
    and not route.path.startswith("console/")
    and route.name not in LEFT_ALONE
]
LISTS = {
    route.name
    for route in ROUTES
    if issubclass(getattr(route.view, "view_class", object), ListPage) and not route.arguments
}


# --- Planting -------------------------------------------------------------------------------------------------
def ours() -> list[type[models.Model]]:
    return [
        m
        for m in apps.get_models()
        if m.__module__.startswith(OURS) and not m.__module__.startswith("portal.demo")
    ]


def rows_of(world, model: type[models.Model]) -> models.QuerySet | None:
    """What belongs to organization B, told by the keys of the model; None where a row belongs to nobody."""
    rows = model._base_manager.all()
    if model is Organization:
        return rows.filter(pk=world.b.pk)
    if model is Contract:
        return rows.filter(organization=world.b)
    if model is Address:
        return rows.filter(
            pk__in=[world.b.registered_seat_id, world.b1.invoice_address_id, world.b1.papers_address_id]
        )
    by = {field.related_model: field.name for field in model._meta.fields if field.is_relation}
    for owner, value in ((Contract, [world.b1]), (Organization, [world.b])):
        if owner in by:
            return rows.filter(**{f"{by[owner]}__in": value})
    return _through_another(world, rows, by)


def _through_another(world, rows, by) -> models.QuerySet | None:
    """A row that hangs on a row of B, as the items of a request do."""
    for owner, name in by.items():
        if not owner.__module__.startswith(OURS):
            continue
        names = {field.name for field in owner._meta.fields}
        if "contract" in names:
            return rows.filter(**{f"{name}__contract": world.b1})
        if "organization" in names:
            return rows.filter(**{f"{name}__organization": world.b})
    return None


def plant(world) -> set[str]:
    """The fields that took the word; the others have a format, and a number is no text."""
    planted = set()
    for model in ours():
        rows = rows_of(world, model)
        for field in model._meta.fields if rows is not None and rows.exists() else ():
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if is_text and not field.primary_key and field.name not in IDENTITY and _take(rows, field):
                planted.add(f"{model.__name__}.{field.name}")
    return planted


def _take(rows, field) -> bool:
    if field.max_length and field.max_length < len(CANARY):
        return False
    word = f"{CANARY}@example.org" if isinstance(field, models.EmailField) else CANARY
    try:
        with transaction.atomic():
            return bool(rows.update(**{field.name: word}))
    except DatabaseError:  # a format, a key, a register that nobody changes
        return False


@pytest.fixture
def planted(world, settings, tmp_path):
    """Every object of every sample exists, and whatever B owns says the word."""
    settings.MEDIA_ROOT = tmp_path
    stock.fill(
        SimpleNamespace(
            a1=world.b1,
            line_postpaid=world.line_other,
            line_prepaid=people.line(world.b1, "3700801104", prepaid=True),
            line_both=people.line(world.b1, "3700801105"),
        )
    )
    world.samples = {route.name: samples_of(route, world) for route in ROUTES if route.arguments}
    world.fields = plant(world)
    return world


def samples_of(route: Route, world) -> list[Sample]:
    """Made apart: what one address needs may stand in the way of another."""
    try:
        with transaction.atomic():
            return SAMPLES[route.name](world)
    except DatabaseError:
        return []


# --- Looking --------------------------------------------------------------------------------------------------
def body(answer) -> bytes:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):  # a workbook
        with zipfile.ZipFile(BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return content + repr(sorted(answer.headers.items())).encode()


def addresses(world, name: str) -> list[tuple[str, str]]:
    """(name of the address, url) of every page and of every object, one's own and those of B."""
    found = []
    for route in ROUTES:
        samples = [one for one in world.samples.get(route.name, ()) if one.owners & {name, "outsider"}]
        kwargs = [one.kwargs for one in samples] if route.arguments else [{}]
        found += [(route.name, reverse(route.name, kwargs=one)) for one in kwargs]
    return found


def seen_by(browser: Client, world, person: str) -> list[str]:
    """Where the word appears to this person."""
    found = []

    def look(what: str, answer) -> None:
        if CANARY.encode() in body(answer):
            found.append(what)

    for name, url in addresses(world, person):
        answer = browser.get(url)
        look(f"GET {url}", answer)
        if name in LISTS and answer.status_code == 200:
            for query in (
                {"linea": world.line_other.number, "cerca": world.line_other.number},
                {"righe": 100},
            ):
                look(f"GET {url} {query}", browser.get(url, query))
            for file_format in ("csv", "xlsx"):
                look(f"{file_format} of {url}", browser.post(url, {"export": f"{file_format}:all"}))
    for words in (world.line_other.number, world.line_other.iccid, CANARY[:5], "altrove"):
        look(f"search {words}", browser.get(reverse("site:search"), {"q": words}))
    return found


def files_of(browser: Client, user) -> list[str]:
    """Files written in the background since."""
    jobs.work_all()
    found = []
    for export in ExportJob.objects.filter(owner=user):
        if CANARY.encode() in body(browser.get(reverse("lists:export-download", args=[export.pk]))):
            found.append(f"file {export.type}.{export.format}")
    return found


def test_nothing_of_another_organization_reaches_the_people_of_this_one(planted, enter):
    found = {}
    for name in PEOPLE_OF_A:
        user = getattr(planted, name)
        browser = enter(user)
        browser.raise_request_exception = False
        found[name] = seen_by(browser, planted, name) + files_of(browser, user)
    assert found == {name: [] for name in PEOPLE_OF_A}


def test_the_word_is_really_there_for_who_may_read_it(planted, enter):
    """Without this the test above could pass over an empty field."""
    browser = enter(planted.outsider)
    browser.raise_request_exception = False
    found = " ".join(seen_by(browser, planted, "outsider") + files_of(browser, planted.outsider))
    expected = {
        "Organization.name", "Referent.last_name", "InventoryRow.holder_name", "LineService.description",
        "ContractService.description", "Holding.last_name", "Address.street",
    }  # fmt: skip
    assert expected <= planted.fields
    for url in (
        "lines:lines",
        "lines:services",
        "lines:contract-services",
        "company:profile",
        "company:referents",
    ):
        assert reverse(url) in found
    assert "csv of" in found
    assert "file ConsistenzaDettaglioSTS.xlsx" in found


def test_the_samples_name_objects_of_both_sides(planted):
    """The walk opens objects of B as people of A: there are some."""
    theirs = [one for samples in planted.samples.values() for one in samples if one.owners == {"outsider"}]
    assert len(theirs) > 5
