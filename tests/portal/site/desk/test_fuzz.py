"""Every page, form and action of the console, found by walking the admin site, with values nobody should type.

Each request is taken back, so that one cannot spoil the next; within it the constraints of the database are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from billing.models import DebitBatch, LegalHold, OutsideModule
from lines.models import Line
from portal.accounts import staff
from portal.accounts.models import CodeAttempt
from portal.contracts.feeds.models import FeedBatch, FeedReject
from portal.jobs.models import Job
from portal.operations.models import CannedAnswer
from portal.outbox.models import Message
from portal.site.models import ContactPoint, Document, News, SeenAs
from support.models import ContractPlatform
from tests.billing.topups.making import move, timed
from tests.portal.site.desk.test_everything import fill as fill_card
from tests.support.samples import manual, point
from thresholds.models import NoticeRun

HOSTILE = (
    "", "x" * 5000, "a\x00b", "😀 <script>alert('à')</script>", "-1", "9" * 40, "31/02/2026", "0000-00-00",
    "99999-01-01", "NaN", "1e400", "²", "\n", "%00%s{}",
)  # fmt: skip
ODD_QUERIES = (
    "q=a%00b'%22%5C%25_%F0%9F%98%80&o=99.-1.x&p=-1&_popup=1&_to_field=password",
    f"q={'9' * 400}&p={'9' * 20}&all=&coda=x&tempo=x",
    "pk__in=x&id__exact=%00&state__exact=%F0%9F%98%80",
)
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)", re.I)
# Tables of the console that nothing fills here: their lists and forms to add are walked all the same.
WITHOUT_ROWS = {
    "accounts.OneTimeCode", "accounts.Registration", "accounts.RiskHold", "billing.Arrangement", "billing.Debit",
    "billing.PriceList", "contracts.ContractOption", "lines.ContractService", "lines.ImeiBlock", "operations.Order",
    "thresholds.SentNotice",
}  # fmt: skip
# What a request may write that changes nothing: the session, when it was last seen, a refusal.
QUIET = ("django_session", "usersession", "accounts_session", "last_seen")


# --- Forms as a browser sees them --------------------------------------------------------------------------------
@dataclass
class Form:
    action: str = ""
    values: dict[str, str] = field(default_factory=dict)  # as they stand
    typed: list[str] = field(default_factory=list)  # names of what a person types
    files: list[str] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)

    @property
    def key(self) -> frozenset[str]:
        named = f"step={self.values['step']}" if "step" in self.values else ""
        return frozenset([*self.typed, *self.choices, *self.files, named, self.action])


class Forms(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = self._area = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self._form = Form(attrs.get("action", "")) if attrs.get("method", "").lower() == "post" else None
            if self._form is not None and "logout" not in self._form.action:
                self.found.append(self._form)
            return
        name, form = attrs.get("name", ""), self._form
        if form is None or (not name and tag != "option"):
            return
        if tag == "input":
            self._input(form, name, attrs)
        elif tag == "select":
            self._select = name
            form.choices[name] = []
        elif tag == "textarea":
            form.typed.append(name)
            form.values[name] = ""
        elif tag == "option" and self._select:
            form.choices[self._select].append(attrs.get("value", ""))
            if "selected" in attrs:
                form.values[self._select] = attrs.get("value", "")

    def _input(self, form, name, attrs):
        kind = attrs.get("type", "text")
        if kind == "file":
            form.files.append(name)
        elif kind in ("hidden", "submit"):
            form.values.setdefault(name, attrs.get("value", ""))
        elif kind in ("checkbox", "radio"):
            form.choices.setdefault(name, []).append(attrs.get("value", "on"))
        else:
            form.typed.append(name)
            form.values[name] = attrs.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def forms_of(html: str) -> list[Form]:
    return Forms(html).found


# --- A walk that takes back what it does --------------------------------------------------------------------------
class Walk:
    def __init__(self, client):
        self.client, self.faults, self.asked = client, [], 0

    def get(self, url: str, data=None):
        return self._ask("get", url, data)

    def post(self, url: str, data=None):
        return self._ask("post", url, data)

    def _ask(self, method: str, url: str, data):
        self.asked += 1
        try:
            with taken_back():
                answer = getattr(self.client, method)(url, data or {})
                if method == "post":
                    connection.check_constraints()
        except Exception as error:  # noqa: BLE001 - whatever it is, it would have been a 500
            self.faults.append(f"{method} {url} {_short(data)}: {type(error).__name__} {str(error)[:200]}")
            return None
        if answer.status_code >= 500:
            self.faults.append(f"{method} {url} {_short(data)}: {answer.status_code}")
        return answer


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _short(data) -> str:
    return str({name: str(value)[:20] for name, value in (data or {}).items()})[:400]


# --- The console, filled -------------------------------------------------------------------------------------------
@pytest.fixture
def console(world, settings, tmp_path):
    """Rows in every table of the console, and the three kinds of staff."""
    settings.MEDIA_ROOT = tmp_path
    fill_card(world, 50, 2)
    _others(world)
    staff.ensure_staff_groups()
    world.supervisor.is_superuser = False
    world.supervisor.save()
    world.supervisor.groups.add(Group.objects.get(name=staff.SUPERVISOR))
    world.operator.groups.add(Group.objects.get(name=staff.OPERATOR))
    world.clerk = type(world.operator).objects.create_user(
        username="senza.gruppo", mobile_number="3390000009", first_name="Senza", last_name="Gruppo",
        email="senza.gruppo@example.org", is_staff=True,
    )  # fmt: skip
    return world


def _others(world) -> None:
    """Rows that no list page shows."""
    now = timezone.now()
    batch = FeedBatch.objects.create(
        kind="lines", name="linee.csv", sha256="a", state="done", read=2, rejected=1
    )
    FeedReject.objects.create(batch=batch, line=2, reason="Numero sbagliato")
    Message.objects.create(
        channel="sms",
        kind="notice",
        key="f",
        message_id="f",
        recipient="3312547228",
        text="Testo",
        state="failed",
    )
    CannedAnswer.objects.create(title="Manca un documento", text="Manca la denuncia.")
    ContactPoint.objects.create(kind="voice", label="Estero", value="+39 02 0000000")
    Job.objects.create(kind="prova", key="prova", state="failed")
    CodeAttempt.objects.create(kind=CodeAttempt.Kind.WRONG, number="3312547228")
    OutsideModule.objects.create(contract=world.a1, module="tem", address="https://tem.example.org/")
    NoticeRun.objects.create(day=now.date(), until=now)
    DebitBatch.objects.create(message_id="PROVA-1", collect_on=now.date())
    manual()
    Document.objects.create(title="Guida", file=SimpleUploadedFile("guida.pdf", b"%PDF-1.4 guida"))
    News.objects.create(title="Novità", summary="-", body="-")
    point()
    ContractPlatform.objects.create(contract=world.a2, code="fleet")
    Line.objects.filter(pk=world.line_both.pk).update(state="suspended", suspended_by="threshold")
    timed(world.line_prepaid)
    move(world.line_prepaid, "5.00", "azienda")
    LegalHold.objects.create(contract=world.a1, reason="Procura", starts_on=now.date())
    SeenAs.objects.create(staff=world.operator, user=world.roa, reason="Prova", began_at=now, ends_at=now)


# --- What is walked -------------------------------------------------------------------------------------------------
def pages() -> list[tuple[str, admin.ModelAdmin]]:
    """The address of each list of the console, and who keeps it."""
    return [
        (reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), desk)
        for model, desk in sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)
    ]


def first_row(desk, request):
    return desk.get_queryset(request).order_by("pk").first()


def actions_of(html: str) -> list[str]:
    for form in forms_of(html):
        if "action" in form.choices:
            return [name for name in form.choices["action"] if name]
    return []


def filters_of(html: str) -> list[str]:
    side = html.split('id="changelist-filter"')[-1] if "changelist-filter" in html else ""
    found = re.findall(r'href="\?([^"]+)"', side)
    return [one.replace("&amp;", "&") for one in dict.fromkeys(found)][:1]


def hostile_answers(form: Form) -> Iterator[dict]:
    """Nothing at all; each field with each of the values; words that are fine but odd, with a right choice beside."""
    yield {name: value for name, value in form.values.items() if name not in form.typed}
    chosen = {name: (options or [""])[-1] for name, options in form.choices.items()}
    for turn in range(0, len(HOSTILE), 4):
        typed = {name: HOSTILE[(turn + n) % len(HOSTILE)] for n, name in enumerate(form.typed)}
        yield form.values | chosen | typed
    yield form.values | dict.fromkeys(form.choices, "99999999999999999999")
    yield form.values | chosen | dict.fromkeys(form.typed, "😀 <b>à</b>")
    if form.files:
        odd = {name: SimpleUploadedFile("../x\u202e.pdf", b"\x00" * 64) for name in form.files}
        yield form.values | chosen | dict.fromkeys(form.typed, "Prova") | odd


def test_no_page_form_or_action_of_the_console_fails(console, enter, rf):
    walk = Walk(enter(console.supervisor))
    request = rf.get("/")
    request.user = console.supervisor
    empty = []
    for url, desk in pages():
        listing = walk.get(url)
        html = listing.content.decode() if listing is not None else ""
        _walk_list(walk, url, html)
        for form in forms_of(_page(walk, f"{url}add/")):
            _walk_form(walk, f"{url}add/", form)
        row = first_row(desk, request)
        if row is None:
            empty.append(desk.model._meta.label)
            continue
        _walk_actions(walk, url, html, row.pk)
        walk.get(f"{url}{row.pk}/history/")
        for form in forms_of(_page(walk, f"{url}{row.pk}/change/")):
            _walk_form(walk, f"{url}{row.pk}/change/", form)
        walk.get(f"{url}{'9' * 40}/change/")
    assert walk.faults == []
    assert set(empty) <= WITHOUT_ROWS, "a table of the console that nothing fills here"
    assert walk.asked > 500


def _page(walk: Walk, url: str) -> str:
    answer = walk.get(url)
    return answer.content.decode() if answer is not None and answer.status_code == 200 else ""


def _walk_list(walk: Walk, url: str, html: str) -> None:
    for query in (*ODD_QUERIES, *filters_of(html)):
        walk.get(f"{url}?{query}")


def _walk_actions(walk: Walk, url: str, html: str, pk) -> None:
    for action in (*actions_of(html), "nonsense"):
        walk.post(url, {"action": action})
        walk.post(
            url,
            {"action": action, "_selected_action": [pk, "x", "9" * 40], "reason": "x\x00" * 900, "to": "-1"},
        )
        walk.post(url, {"action": action, "_selected_action": [pk], "post": "yes", "reason": "Prova"})


def _walk_form(walk: Walk, url: str, form: Form) -> None:
    url = form.action if form.action.startswith("/") else url
    for answers in hostile_answers(form):
        walk.post(url, answers)


# --- Who may ---------------------------------------------------------------------------------------------------------
def test_staff_in_no_group_open_nothing_and_write_nothing(console, enter):
    walk, wrong = Walk(enter(console.clerk)), []
    for url, desk in pages():
        row = desk.model._default_manager.order_by("pk").first()
        key = row.pk if row is not None else 1
        for method, part in (
            (walk.get, ""), (walk.get, f"{key}/change/"), (walk.post, "add/"), (walk.post, f"{key}/change/"),
            (walk.post, f"{key}/delete/"),
        ):  # fmt: skip
            with writes() as written:
                answer = method(f"{url}{part}")
            if answer is None or answer.status_code not in (403, 404, 405) or written:
                wrong.append((url, part, answer and answer.status_code, written))
    assert wrong == [] and walk.faults == []


def test_an_operator_reaches_nothing_beyond_the_group(console, enter, rf):
    """What only a supervisor is offered, form by form and action by action, an operator asks for in vain."""
    boss, clerk = Walk(enter(console.supervisor)), Walk(enter(console.operator))
    request = rf.get("/")
    request.user = console.supervisor
    wrong, tried = [], 0
    for url, desk in pages():
        row = first_row(desk, request)
        mine = actions_of(_page(clerk, url))
        for action in set(actions_of(_page(boss, url))) - set(mine):
            tried += 1
            data = {
                "action": action,
                "_selected_action": [row.pk if row else 1],
                "post": "yes",
                "reason": "Prova",
            }
            wrong += _in_vain(clerk, url, data)
        for part in ("add/", *([f"{row.pk}/change/", f"{row.pk}/delete/"] if row else [])):
            offered = {form.key for form in forms_of(_page(clerk, url + part))}
            for form in forms_of(_page(boss, url + part)):
                if form.key in offered:
                    continue
                tried += 1
                chosen = {name: (options or [""])[-1] for name, options in form.choices.items()}
                wrong += _in_vain(clerk, url + part, form.values | chosen)
    assert wrong == [] and clerk.faults == []
    assert tried > 30


def _in_vain(walk: Walk, url: str, data: dict) -> list:
    with writes() as written:
        answer = walk.post(url, data)
    return [(url, _short(data), answer and answer.status_code, written)] if written else []


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that change anything but sessions."""
    found: list[str] = []

    def look(execute, sql, params, many, context):
        if WRITES.match(sql) and not any(name in sql for name in QUIET):
            found.append(sql[:160])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def test_the_walk_would_notice_a_page_that_fails(console, enter, monkeypatch):
    """Negative control: a list that breaks, and one that lets anybody write."""

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(admin.site._registry[CannedAnswer], "get_queryset", broken)
    walk = Walk(enter(console.supervisor))
    walk.get(reverse("admin:operations_cannedanswer_changelist"))
    assert len(walk.faults) == 1 and "ZeroDivisionError" in walk.faults[0]
    with writes() as written:
        CannedAnswer.objects.update(title="Altro")
    assert len(written) == 1


def test_what_cannot_be_a_key_is_refused_with_words_and_not_with_an_error(console, enter):
    desk = enter(console.supervisor)
    url = reverse("admin:support_callback_changelist")
    for keys in (["x"], ["1", "a\x00"], ["½"]):
        assert desk.post(url, {"action": "called", "_selected_action": keys}).status_code == 400, keys
    assert desk.post(url, {"action": "called", "_selected_action": ["999999"]}).status_code in (200, 302)
