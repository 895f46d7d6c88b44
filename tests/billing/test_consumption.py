"""What pages about consumption stand on: whose sums, whose events, bundles, privacy."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from billing import consumption, hold_services
from billing.models import Allowance, Kind, LegalHold, LineMonth, TrafficEvent
from billing.traffic import retention
from lines.models import Holding
from portal.audit.models import AuditEntry
from portal.contracts.access import Access
from portal.outbox.services import send_sms
from tests.billing.test_traffic import AT, POSTPAID, PREPAID, an_event

NOVEMBER = date(2026, 11, 1)


def test_single_events_are_for_the_employee_alone(load, world):
    load("traffic", an_event(1).row(), an_event(2, number=PREPAID).row())

    def seen(user):
        return TrafficEvent.objects.for_access(Access.load(user)).count()

    assert {name: seen(getattr(world, name)) for name in ("roa", "ebill", "traffic", "employee", "outsider")} == {
        "roa": 0, "ebill": 0, "traffic": 0, "employee": 1, "outsider": 0,
    }  # fmt: skip


def test_a_successor_on_the_line_does_not_see_the_calls_of_who_had_it_before(load, world):
    load("traffic", an_event(1, at=AT - timedelta(days=9)).row(), an_event(2).row())
    line = {"contract": world.a1, "line": world.line_postpaid}
    Holding.objects.create(**line, tax_code="A" * 16, starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 15))
    Holding.objects.create(**line, tax_code="B" * 16, starts_on=date(2026, 11, 15))

    assert TrafficEvent.objects.for_access(Access.load(world.employee)).get().at == AT


def test_referents_read_sums_without_what_employees_pay_themselves(load, world):
    load("traffic", an_event(1, volume=60).row(), an_event(2, volume=600, payer="Personale").row())

    assert LineMonth.objects.for_access(Access.load(world.roa)).totals()["voice_seconds"] == 60
    assert LineMonth.objects.own(Access.load(world.employee)).totals()["voice_seconds"] == 660
    assert LineMonth.objects.for_access(Access.load(world.outsider)).totals()["voice_seconds"] == 0


def test_bundles_erode_by_what_the_company_pays_at_home_and_far_away(load, world, django_assert_num_queries):
    plan = world.line_postpaid.plan
    voice = Allowance.objects.create(plan=plan, kind=Kind.VOICE, quantity=600)
    away = Allowance.objects.create(plan=plan, kind=Kind.DATA, area="roaming", quantity=1000)
    load(
        "traffic",
        an_event(1, volume=100).row(),
        an_event(2, volume=50, zone="UE").row(),
        an_event(3, volume=999, payer="Personale").row(),
        an_event(4, volume=1500, kind="Dati", zone="Extra UE").row(),
    )
    with django_assert_num_queries(2):
        found = consumption.bundles([world.line_postpaid, world.line_both], NOVEMBER)

    mine = {one.allowance: (one.used, one.left, one.percent) for one in found[world.line_postpaid.pk]}
    assert mine == {voice: (150, 450, 25.0), away: (1500, 0, 150.0)}
    assert [one.used for one in found[world.line_both.pk]] == [0, 0]


def test_service_messages_are_the_own_ones_of_six_months_and_never_a_code(world, at):
    with at(2026, 5, 10):
        send_sms(to=POSTPAID, text="Troppo vecchio", kind="x", key="1")
    send_sms(to=POSTPAID, text="Soglia raggiunta", kind="x", key="2")
    send_sms(to=PREPAID, text="Di un altro", kind="x", key="3")
    send_sms(to=POSTPAID, text="123456", kind="x", key="4", secret=True)

    found = consumption.service_messages(Access.load(world.employee))
    assert [message.text for message in found] == ["Soglia raggiunta"]


@pytest.mark.accepts("A-B2.9-1")
def test_the_privacy_page_tells_how_long_and_the_night_job_keeps_the_promise(
    enter, load, world, at, settings
):
    old = AT - timedelta(days=180)
    load("traffic", an_event(1, at=old).row(), an_event(2, at=old, number=PREPAID).row(), an_event(3).row())
    LegalHold.objects.create(
        contract=world.a1, line=world.line_prepaid, reason="Procura", starts_on=date(2026, 11, 1)
    )
    page = enter(world.employee).get(reverse("accounts:privacy")).content.decode()

    assert "Dettaglio del traffico" in page
    assert "6 mesi, poi si cancella da solo" in page
    assert all(
        words in page
        for words in ("Fatture personali", "Totali del traffico", "Password", "registro attività")
    )
    with at(2026, 12, 20):
        retention.purge()
    kept = sorted(TrafficEvent.objects.values_list("line__number", "at"))
    assert kept == sorted([(PREPAID, old), (POSTPAID, AT)])


def test_what_one_takes_away_has_the_own_events_and_nobody_elses(load, world):
    from portal.accounts import privacy

    load("traffic", an_event(1).row(), an_event(2, number=PREPAID, other="3409999999").row())
    data = privacy.data_of(world.employee)

    assert [event["counterpart"] for event in data["traffico"]] == ["3401234567"]
    assert json.dumps(data)


def test_a_hold_names_a_line_of_its_contract_and_leaves_its_trace(world):
    hold = LegalHold(contract=world.a1, line=world.line_other, reason="1", starts_on=NOVEMBER)
    with pytest.raises(ValidationError):
        hold_services.save_hold(hold=hold, actor=world.supervisor)
    hold.line = world.line_postpaid
    hold_services.save_hold(hold=hold, actor=world.supervisor)

    assert AuditEntry.objects.filter(action="billing.hold.placed", actor=world.supervisor).count() == 1
    assert hold in LegalHold.objects.in_force(NOVEMBER)
