"""What is asked of customer service: SMAS (7.6.7, 7.6.8), Scrivici (7.7.4), terminals (7.7.5), services (7.7.9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from portal import clock
from portal.operations.models import ServiceRequest
from tests.lines.operations import Walk, went_on

PERSON = {"name": "Maria Rossi", "phone": "051 234567", "email": "maria@example.org"}
CONTACT = {"reason": "tecnica", "phone": "051 234567", "note": "Non trovo la fattura"}
TERMINAL = {
    "system": "ios", "model": "iPhone 15", "topic": "configurazioni", "line": "331 254 7228",
    "phone": "051 234567", "email": "maria@example.org", "note": "La posta non si apre",
}  # fmt: skip
WEB = {
    "name": "Maria Rossi", "mobile": "3312540001", "email": "maria@example.org", "service": "portale",
    "used_before": "si", "browser": "Firefox 145", "user_id": "maria.rossi", "trouble": "La pagina resta bianca",
    "message": "Errore 12", "note": "Da stamattina", "began_on": "2026-11-19", "began_at": "09:30",
}  # fmt: skip


@pytest.fixture
def walk(world, enter):
    return lambda flow, person="roa": Walk(enter(getattr(world, person)), flow, namespace="support").begin()


def refused_fields(answer) -> set[str]:
    assert not went_on(answer)
    return set(answer.context["form"].errors)


def filed(walk, label: str, kind: str) -> ServiceRequest:
    request = walk.one()
    assert (request.label, request.kind) == (label, kind)
    assert not hasattr(request, "order") and request.at_the_desk
    assert request.number in walk.browser.get(walk.url("outcome")).content.decode()
    return request


@pytest.mark.accepts("A-7.6.7-1")
def test_help_with_smas_wants_contact_and_reason(walk):
    asked = walk("assistenza-smas")
    form = asked.page("dati").context["form"]
    assert (form["name"].value(), form["email"].value()) == ("Maria Rossi", "maria.rossi@example.org")
    assert refused_fields(asked.post("dati")) == {"name", "phone", "email", "reason"}
    assert refused_fields(asked.post("dati", **PERSON, reason="x" * 301)) == {"reason"}
    asked.post("dati", **PERSON, reason="Non vedo i profili")
    request = filed(asked, "Servizio RIF", "smas-help")
    asked.post("dati", **PERSON, reason="Non vedo i profili")
    assert ServiceRequest.objects.get() == request  # a second click files nothing
    page = asked.browser.get(reverse("operations:request", args=[request.number])).content.decode()
    assert "Non vedo i profili" in page and "Motivo della richiesta" in page


@pytest.mark.accepts("A-7.6.8-1", "A-7.6.8-2")
def test_credentials_are_new_or_reset_and_the_three_kinds_are_distinct(walk):
    asked = walk("credenziali-smas")
    assert refused_fields(asked.post("dati", **PERSON, reason="Bloccato")) == {"wanted"}
    asked.post("dati", **PERSON, reason="Bloccato", wanted="reset")
    request = filed(asked, "Servizio RIF", "smas-credentials")
    assert request.values["wanted"] == "reset"
    from portal.operations.declare import OPERATIONS

    kinds = {kind for kind, operation in OPERATIONS.items() if operation.label == "Servizio RIF"}
    assert kinds == {"rif-profile", "smas-help", "smas-credentials"}


@pytest.mark.accepts("A-7.7.4-1")
def test_scrivici_wants_reason_telephone_and_note(walk):
    asked = walk("scrivici", "employee")
    assert refused_fields(asked.post("dati")) == {"reason", "phone", "note"}
    assert refused_fields(asked.post("dati", **CONTACT | {"note": "x" * 301})) == {"note"}
    assert refused_fields(asked.post("dati", **CONTACT | {"phone": "12"})) == {"phone"}
    asked.post("dati", **CONTACT)
    filed(asked, "Richiesta contatto", "contact")


def test_a_second_request_of_help_is_not_refused_while_the_first_is_open(walk):
    for _turn in range(2):
        walk("scrivici").post("dati", **CONTACT)
    assert ServiceRequest.objects.filter(kind="contact", state="open").count() == 2


@pytest.mark.accepts("A-7.7.5-1")
def test_the_models_offered_are_those_of_the_system(walk):
    asked = walk("configurazione-terminali")
    models = reverse("support:terminal-models")
    android = asked.browser.get(models, {"system": "android"}).content.decode()
    ios = asked.browser.get(models, {"system": "ios"}).content.decode()
    assert "Samsung Galaxy A56" in android and "iPhone" not in android
    assert "iPhone 15" in ios and "Samsung" not in ios
    assert "Samsung" not in asked.browser.get(models, {"system": "\0"}).content.decode()
    assert refused_fields(asked.post("dati", **TERMINAL | {"system": "android"})) == {"model"}
    assert refused_fields(asked.post("dati")) == {"system", "model", "topic", "phone", "email", "note"}
    assert "quante più" in (html := asked.html("dati")) or "Più informazioni ci dai" in html
    asked.post("dati", **TERMINAL)
    request = filed(asked, "Configurazione terminali", "terminal-setup")
    assert request.line_number == "3312547228"


def test_a_line_of_others_is_refused_for_a_terminal(walk):
    asked = walk("configurazione-terminali", "employee")
    assert asked.page("dati").context["form"]["line"].value() == "3312547228"
    assert refused_fields(asked.post("dati", **TERMINAL | {"line": "3312544025"})) == {"line"}
    assert refused_fields(
        walk("configurazione-terminali").post("dati", **TERMINAL | {"line": "3700801103"})
    ) == {"line"}


@pytest.mark.accepts("A-7.7.9-1", "A-7.7.9-2")
def test_faults_of_services_are_told_with_name_number_and_mail_prefilled(walk):
    asked = walk("assistenza-servizi")
    form = asked.page("dati").context["form"]
    shown = {name: form[name].value() for name in ("name", "mobile", "email")}
    assert shown == {"name": "Maria Rossi", "mobile": "3312540001", "email": "maria.rossi@example.org"}
    empty = dict.fromkeys(WEB, "")
    assert refused_fields(asked.post("dati", **empty)) == {
        "name", "mobile", "email", "service", "browser", "trouble",
    }  # fmt: skip
    for field in ("message", "note"):
        assert refused_fields(asked.post("dati", **WEB | {field: "x" * 301})) == {field}
    tomorrow = clock.today() + timedelta(days=1)
    assert refused_fields(asked.post("dati", **WEB | {"began_on": f"{tomorrow:%Y-%m-%d}"})) == {"began_on"}
    soon = clock.rome(clock.now() + timedelta(minutes=3))
    late = WEB | {"began_on": f"{soon:%Y-%m-%d}", "began_at": f"{soon:%H:%M}"}
    assert refused_fields(asked.post("dati", **late)) <= {"began_at", "began_on"}
    asked.post("dati", **WEB)
    request = filed(asked, "Assistenza su servizi", "web-services")
    page = asked.browser.get(reverse("operations:request", args=[request.number])).content.decode()
    assert "19/11/2026" in page and "La pagina resta bianca" in page


def test_the_request_is_worked_at_the_desk(walk, world, enter):
    from portal.operations.services import desk

    asked = walk("scrivici", "employee")
    asked.post("dati", **CONTACT)
    request = asked.one()
    desk.take(request=request, actor=world.operator)
    desk.do_items(request=request, item_ids=[request.items.get().pk], actor=world.operator)
    request.refresh_from_db()
    assert request.state == "closed"
