"""The waste radar and the days out of the ordinary: exactly what was planted, and from there to an operation."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import Allowance, Kind, LineDay, LineMonth, UsagePeak
from billing.tem import peaks, waste
from lines.models import Line, TariffPlan
from portal import clock
from portal.contracts.access import Access
from portal.jobs import services as jobs
from portal.operations.models import Draft
from tests import world as make
from tests.billing.tem.story import service

pytestmark = pytest.mark.django_db


def numbers(queryset) -> set[str]:
    return {waste.line_of(one).number for one in queryset}


@pytest.mark.accepts("A-B05-2")
def test_the_radar_finds_exactly_the_sleeping_lines_and_opens_an_operation_with_them(story, world, enter):
    never = make.line(world.a1, "3312540102")
    young = make.line(world.a1, "3312540103")
    ceased = make.line(world.a1, "3312540104")
    Line.objects.filter(pk=never.pk).update(activated_on=date(2025, 1, 1))
    Line.objects.filter(pk=young.pk).update(activated_on=clock.today() - timedelta(days=20))
    Line.objects.filter(pk=ceased.pk).update(
        state="ceased", activated_on=date(2025, 1, 1), ceased_on=date(2026, 1, 1)
    )
    service(story.lines[3], "REPER", "2.00", share=50)
    access = Access.load(world.roa)

    assert numbers(waste.unused(access, 60)) == {"3312540100", "3312540101", "3312540102"}
    assert numbers(waste.unused(access, 90)) == {"3312540101", "3312540102"}
    cost = {line.number: line.waste for line in waste.unused(access, 60)}
    assert cost == {
        "3312540100": Decimal("4.90"),
        "3312540101": Decimal("3.90"),
        "3312540102": Decimal("3.90"),
    }

    browser = enter(world.roa)
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(reverse("billing:tem-waste"))
    assert [q["sql"] for q in queries if "trafficevent" in q["sql"]] == []
    page = answer.content.decode()
    assert "12,70 €" in page and "152,40 €" in page
    target = reverse("lines:servizi-rete")
    assert f'formaction="{target}"' in page
    chosen = list(waste.unused(access, 60).values_list("pk", flat=True))
    begun = browser.post(target, {"linea": chosen}, follow=True)
    assert begun.status_code == 200
    draft = Draft.objects.get(flow="servizi-rete")
    assert set(draft.items.values_list("subject_id", flat=True)) == set(chosen)


def test_who_may_not_operate_sees_the_waste_without_boxes(story, world, enter):
    page = enter(world.ebill).get(reverse("billing:tem-waste")).content.decode()
    assert "331" in page and "formaction" not in page and 'name="linea"' not in page.split("<tbody", 1)[1]


def test_what_the_employee_pays_is_use_too(story, world):
    LineDay.objects.create(
        line=story.lines[3], contract=world.a1, day=clock.today() - timedelta(days=3), zone=0, payer=1,
        voice_events=1, voice_seconds=9,
    )  # fmt: skip
    assert "3312540100" not in numbers(waste.unused(Access.load(world.roa), 60))


def test_services_are_waste_where_the_traffic_they_serve_is_missing(story, world):
    asleep, awake = story.lines[3], world.line_postpaid
    LineDay.objects.filter(line=world.line_both, day__gte=date(2026, 8, 1)).update(voice_events=0)
    LineMonth.objects.filter(line=world.line_both).update(voice_events=0)
    service(asleep, "REPER", "2.00", share=50)
    service(awake, "REPER-2", "2.00")
    service(world.line_both, "RIF-U", "0.40")  # data, but no calls
    service(world.line_both, "APN", "0.50")
    service(awake, "GRATIS", "0.00")
    service(asleep, "ALTRO", "1.00")
    LineDay.objects.filter(line=asleep, day__lt=clock.today() - timedelta(days=60)).delete()
    LineMonth.objects.filter(line=asleep).delete()
    found = waste.unused_services(Access.load(world.roa))
    assert {(one.number, one.code): one.waste for one in found} == {
        (asleep.number, "REPER"): Decimal("1.00"), (asleep.number, "ALTRO"): Decimal("1.00"),
        (world.line_both.number, "RIF-U"): Decimal("0.40"),
    }  # fmt: skip


def test_plans_of_which_hardly_anything_is_used(story, world):
    bundle = TariffPlan.objects.create(code="b", name="PACCHETTO", usage="bundle", monthly_fee="3.90")
    plain = world.line_postpaid.plan
    TariffPlan.objects.filter(pk=plain.pk).update(monthly_fee="1.20", usage="use")
    Allowance.objects.create(plan=bundle, kind=Kind.VOICE, quantity=60_000)
    Allowance.objects.create(plan=bundle, kind=Kind.DATA, quantity=1024 * 1024)
    Line.objects.filter(pk__in=[world.line_postpaid.pk, world.line_both.pk]).update(plan=bundle)
    months = [date(2026, n, 1) for n in (8, 9, 10)]
    for line, seconds in ((world.line_postpaid, 5_900), (world.line_both, 6_100)):
        LineMonth.objects.filter(line=line).delete()
        for month in months:
            LineMonth.objects.create(
                line=line, contract=world.a1, month=month, zone=0, payer=0, voice_events=9, voice_seconds=seconds, data_kb=99
            )  # fmt: skip
    found = list(waste.oversized(Access.load(world.roa)))
    assert [(one.number, one.voice, one.data, one.cheaper, one.waste) for one in found] == [
        (world.line_postpaid.number, 9, 0, plain.name, Decimal("2.70"))
    ]


def test_the_radar_stays_on_its_contract(story, world):
    access = Access.load(world.outsider)
    assert numbers(waste.unused(access, 60)) <= {world.line_other.number}
    assert not waste.unused_services(access).exists() and not waste.oversized(access).exists()


# --- Peaks ------------------------------------------------------------------------------------------------------
def spend_days(world, line, **days):
    LineDay.objects.filter(line=line).delete()
    for day, kilobytes in days.items():
        LineDay.objects.create(
            line=line, contract=line.contract, day=clock.today() - timedelta(days=int(day[1:])), zone=0, payer=0,
            data_events=1, data_kb=kilobytes,
        )  # fmt: skip


def test_a_day_above_five_times_the_median_stands_out_and_no_other(world, enter):
    usual = {f"d{n}": 20_000 for n in range(10, 22)}
    spend_days(world, world.line_postpaid, **usual, d9=100_000, d8=100_001, d7=99_999, d40=900_000)
    spend_days(world, world.line_both, d1=1, d2=1, d3=900_000)  # too few days to know what is usual
    spend_days(
        world, world.line_prepaid, **{f"d{n}": 10 for n in range(1, 20)}, d20=40_000
    )  # below the floor
    peaks.refresh(world.a1.pk)
    peaks.refresh(world.a1.pk)  # once more changes nothing

    found = UsagePeak.objects.values_list("line__number", "day", "measure", "value", "median")
    eight = clock.today() - timedelta(days=8)
    assert list(found) == [(world.line_postpaid.number, eight, "data", 100_001, 20_000)]
    page = enter(world.ebill).get(reverse("billing:tem-peaks")).content.decode()
    assert "97,7 MB" in page and "19,5 MB" in page and "5,0" in page
    assert not UsagePeak.objects.for_access(Access.load(world.outsider)).exists()


def test_the_night_looks_at_every_contract_once(world):
    spend_days(world, world.line_postpaid, **{f"d{n}": 20_000 for n in range(10, 22)}, d3=400_000)
    peaks.ask_for_all()
    peaks.ask_for_all()
    jobs.work_all()
    assert UsagePeak.objects.count() == 1
