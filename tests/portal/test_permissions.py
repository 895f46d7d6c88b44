"""Every address of the portal against every person: who may enter follows from the table of functions alone.

The walk finds new addresses by itself. An address with arguments needs its entry in `tests/samples.py`.
"""

from __future__ import annotations

from contextlib import contextmanager
from http.cookies import SimpleCookie
from importlib import import_module
from itertools import product
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal import functions
from portal.accounts import mfa_services
from portal.contracts.access import PLATFORMS
from portal.contracts.routes import Route, every_route
from portal.site import errors
from tests.samples import EVERYBODY, FORESEEN, PEOPLE, SAMPLES, Sample

CONSOLE = "console/"  # staff only, whatever the address
PASSKEYS = {  # addresses of django-otp-webauthn: a person who has entered, or who is entering
    "otp_webauthn:credential-registration-begin": "entered",
    "otp_webauthn:credential-registration-complete": "entered",
    "otp_webauthn:credential-authentication-begin": "anybody",
    "otp_webauthn:credential-authentication-complete": "anybody",
    "otp_webauthn:js-i18n-catalog": "anybody",
}
CONDITIONS = {"postpaid", "prepaid", "dual_billing", "dual_billing_postpaid"}
CONDITIONS |= {f"platform_{code}" for code in PLATFORMS}
METHODS = ("get", "post")
OUTSIDE = ("roa", "traffic")  # every role of the portal is no role in the console

TESTS = Path(__file__).resolve().parents[1]
for file in sorted(TESTS.rglob("samples.py")):  # every folder may declare its own
    import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))

ROUTES = sorted(every_route(), key=lambda route: route.path)
OURS = [r for r in ROUTES if not r.path.startswith(CONSOLE) and r.namespace != "otp_webauthn"]
CONSOLE_ROUTES = [r for r in ROUTES if r.path.startswith(CONSOLE) and r.name]


def test_every_address_states_a_function_of_the_table():
    lawless = [r.path for r in OURS if r.function not in functions.FUNCTIONS]

    assert lawless == []


def test_every_address_has_a_name_of_its_own():
    names = [r.name for r in OURS]

    assert [r.path for r in OURS if not r.name] == []
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_address_with_arguments_has_a_sample_and_no_sample_is_left_over():
    with_arguments = {r.name for r in OURS if r.arguments}

    assert with_arguments - set(SAMPLES) == set()
    assert set(SAMPLES) - with_arguments == set()


def test_the_addresses_of_the_passkey_library_are_those_we_judged():
    assert {r.name for r in ROUTES if r.namespace == "otp_webauthn"} == set(PASSKEYS)


def permitted(person: str, function: functions.Function) -> bool:
    """What the matrix says, computed here a second time."""
    roles, met = PEOPLE[person]
    assert not function.when or function.when in CONDITIONS, (
        f"who meets {function.when}? tell tests/samples.py"
    )
    if function.when and function.when not in met | FORESEEN:
        return False
    allowed = {role.value for role in function.roles}
    return bool(allowed & (roles | {"P", "*"}))


@contextmanager
def undone():
    """Whatever the request changed is taken back, so that every person meets the same world."""
    block = transaction.atomic()
    block._from_testcase = True  # services may open a durable transaction inside
    with block:
        yield
        transaction.set_rollback(True)


@pytest.fixture
def ask(world, enter, monkeypatch):
    """`ask(person, method, url)` → (status, where it sends); person "" is nobody logged in."""
    # A page that asks for a second factor again would answer so to everybody, and hide who may find the object.
    monkeypatch.setattr(mfa_services, "is_fresh", lambda request: True)
    # What a refusal looks like is tested with the pages of errors; drawn twenty thousand times it is half of the walk.
    monkeypatch.setattr(errors, "_page", lambda request, status, **context: HttpResponse(status=status))
    browsers = {name: enter(getattr(world, name)) for name in PEOPLE} | {"": Client()}
    brought = {
        name: SimpleCookie(browser.cookies.output(header="", sep=";")) for name, browser in browsers.items()
    }

    def asked(person: str, method: str, url: str) -> tuple[int, str]:
        browsers[person].cookies = SimpleCookie(brought[person])  # a goodbye takes the session's name along
        with undone():
            answer = getattr(browsers[person], method)(url)
            if answer.streaming:
                b"".join(
                    answer.streaming_content
                )  # closes the file without closing the connection under the test
        return answer.status_code, answer.headers.get("Location", "")

    return asked


def samples_of(route: Route, world) -> list[Sample]:
    if route.arguments and route.name not in SAMPLES:
        pytest.fail(f"{route.name} needs an entry in a samples.py", pytrace=False)
    return SAMPLES[route.name](world) if route.arguments else [Sample({}, EVERYBODY)]


def is_login(answer: tuple[int, str]) -> bool:
    return answer[0] == 302 and answer[1].startswith(reverse("accounts:login"))


def judge(answer: tuple[int, str], person: str, function: functions.Function, owner: bool) -> str:
    """What is wrong with this answer, or nothing."""
    status = answer[0]
    if status >= 500 and function.id != "health":  # there 503 is an answer: a part is silent
        return "the server broke"
    if function.is_public:
        return "sent to the login" if is_login(answer) and function.id != "4" else ""
    if not person:
        return "" if is_login(answer) else "not sent to the login"
    if not permitted(person, function):
        return "" if status == 403 else "not refused with 403"
    if not owner:
        # An address that does not speak the method says so of every object, there or not.
        return "" if status in (404, 405) else "an object of others answers"
    if not PEOPLE[person][0]:  # no role and no contract: the page may say that there is nothing to do here
        return ""
    return "refused, though permitted" if status in (403, 404) or is_login(answer) else ""


def faults(route: Route, world, ask) -> list[str]:
    """Every person at every object of one address, with every method it speaks."""
    function = functions.get(route.function)
    samples = samples_of(route, world)
    assert samples, route.name
    if any(one.owners != EVERYBODY for one in samples):
        # Else 404 would not tell "not yours" from "not there".
        assert not frozenset.intersection(*(one.owners for one in samples)), (
            f"{route.name}: nobody is shut out"
        )
    may = [p for p in PEOPLE if permitted(p, function) and PEOPLE[p][0]]
    # Where a single person meets the condition of the function, the other sample is nobody's they know of.
    found = [p for p in may if any(p in one.owners for one in samples)]
    assert found or function.is_public, f"nobody of the world may open {route.name}: the check would be empty"
    wrong = []
    for method, one in product(METHODS, samples):
        url = reverse(route.name, kwargs=one.kwargs)
        entitled = [p for p in may if p in one.owners]
        answers = {person: ask(person, method, url) for person in ("", *PEOPLE)}
        if may and all(answers[person][0] == 405 for person in entitled or may):
            continue  # this address does not speak this method
        for person, answer in answers.items():
            if method == "post" and answer[0] == 404 and not route.arguments and person in entitled:
                continue  # the object is named in the form, and the form is empty
            fault = judge(answer, person, function, person in one.owners)
            if fault:
                wrong.append(f"{method.upper()} {url} as {person or 'nobody logged in'}: {answer} {fault}")
    return wrong


# Several addresses to a test: to make the world and to let twelve people in costs more than to ask.
BATCH = 12
BATCHES = [OURS[start : start + BATCH] for start in range(0, len(OURS), BATCH)]


@pytest.mark.accepts("A-5-2", "A-8-1")
@pytest.mark.parametrize("routes", BATCHES, ids=[f"from-{batch[0].name}" for batch in BATCHES])
def test_an_address_opens_to_those_of_the_matrix_and_to_nobody_else(routes, world, ask):
    wrong = []
    for route in routes:
        with undone():
            wrong += faults(route, world, ask)

    assert wrong == []


def console_url(route: Route) -> str:
    values = dict.fromkeys(route.arguments, "1")
    if "app_label" in values:
        values["app_label"] = "contracts"
    return reverse(route.name, kwargs=values)


OPEN_IN_CONSOLE = {"admin:login", "admin:logout", "admin:jsi18n"}


def test_the_console_opens_to_staff_only(world, ask):
    wrong = []
    for route in CONSOLE_ROUTES:
        if route.name in OPEN_IN_CONSOLE:
            continue
        url = console_url(route)
        for person, method in product(("", *OUTSIDE), METHODS):
            status, target = ask(person, method, url)
            if not (status in (403, 404) or (status == 302 and ("login" in target or "acced" in target))):
                wrong.append(f"{method.upper()} {url} as {person or 'nobody logged in'}: {status} {target}")

    assert CONSOLE_ROUTES
    assert wrong == []


@pytest.mark.parametrize("name", sorted(PASSKEYS))
def test_passkeys_are_registered_only_by_a_person_who_has_entered(name, db):
    answer = Client(raise_request_exception=True).post(
        reverse(name), content_type="application/json", data="{}"
    )

    if PASSKEYS[name] == "entered":
        assert answer.status_code in (401, 403) or is_login((answer.status_code, answer.get("Location", "")))
    else:
        assert answer.status_code < 500
