"""Traffic on line net of bundle (7.4.3, 7.4.4), bundles, company credit, and the start page of eBill (7.4.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from billing import wallets
from billing.ebill import bundles
from billing.models import Allowance, Basket, Kind, MovementKind, OutsideModule
from lines.models import Line
from tests.billing.ebill.samples import used
from tests.billing.samples import make_invoice

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture
def traffic(world):
    """11.11 € in November and 22.22 € in October on one subscription, 3.33 € on a prepaid line; some that is not seen."""
    postpaid, prepaid = world.line_postpaid, world.line_prepaid
    used(
        postpaid,
        NOVEMBER,
        voice_events=2,
        voice_seconds=600,
        voice_net=101_100,
        data_events=1,
        data_kb=2_048,
        day=3,
    )
    used(postpaid, NOVEMBER, zone=2, data_events=1, data_kb=1_024, data_net=10_000, day=5)
    used(postpaid, OCTOBER, voice_events=1, voice_seconds=60, voice_net=222_200, day=30)
    used(postpaid, SEPTEMBER, voice_events=9, voice_net=7_777_700, day=30)  # too old
    used(postpaid, NOVEMBER, payer=1, voice_events=1, voice_net=8_888_800, day=3)  # the employee's own
    used(prepaid, NOVEMBER, message_events=4, message_pieces=4, message_net=33_300, day=4)
    used(world.line_other, NOVEMBER, voice_events=1, voice_net=9_999_900, day=3)  # another organization


def text_of(client, name, *args, **params) -> str:
    answer = client.get(reverse(f"billing:{name}", args=args), params)
    assert answer.status_code == 200
    return answer.content.decode()


def seen_nothing_else(page: str) -> bool:
    return not any(amount in page for amount in ("777,77", "888,88", "999,99"))


@pytest.mark.accepts("A-7.4.3-1")
def test_subscriptions_this_month_and_the_one_before_net_of_bundle(world, enter, traffic):
    client = enter(world.ebill)
    this = text_of(client, "ebill-postpaid")
    both = text_of(client, "ebill-postpaid", mese="")
    days = text_of(client, "ebill-postpaid", mese="", periodo_after="2026-10-30", periodo_before="2026-11-03")

    assert "CONFERMA" in this and "Dettaglio del Traffico On Line Netto Bundle" in this
    assert world.a1.number in this
    assert 'data-number="3312547228"' in this or "331" in this
    assert ">11,11<" in this and ">33,33<" in both and ">32,33<" in days
    assert all(seen_nothing_else(page) for page in (this, both, days))
    assert ">1,00<" in text_of(client, "ebill-postpaid", mese="corrente", zona="2")
    assert ">10,11<" in text_of(client, "ebill-postpaid", mese="corrente", tipologia="0")
    assert "Tot. linee 0" in text_of(client, "ebill-postpaid", mese="corrente", tipologia="1")
    wrong = text_of(client, "ebill-postpaid", mese="", periodo_after="2026-09-15")
    assert "scegli giorni dal 01/10/2026" in wrong and seen_nothing_else(wrong)
    line = text_of(client, "ebill-postpaid-line", world.line_postpaid.pk)
    assert ">11,11<" in line and ">22,22<" in line and "Tot. giorni 3" in line and seen_nothing_else(line)
    assert client.get(reverse("billing:ebill-prepaid-line", args=[world.line_postpaid.pk])).status_code == 404
    assert client.get(reverse("billing:ebill-postpaid-line", args=[world.line_other.pk])).status_code == 404


@pytest.mark.accepts("A-7.4.4-1")
def test_prepaid_lines_with_company_top_ups_and_company_credit(world, enter, traffic):
    line = world.line_prepaid
    for basket, amount, kind in (
        (Basket.COMPANY, "15.00", MovementKind.ONE_OFF), (Basket.PERSONAL, "77.77", MovementKind.PERSONAL),
    ):  # fmt: skip
        wallets.post(wallets.Entry(line.pk, basket, Decimal(amount), kind, f"test:{basket}"))
    client = enter(world.roa)
    page = text_of(client, "ebill-prepaid")
    assert ">3,33<" in page and ">11,11<" not in page and "15,00 €" in page
    credit = text_of(client, "ebill-credit")
    assert ">15,00<" in credit and "20/11/2026" in credit
    top_ups = text_of(client, "ebill-top-ups")
    assert "Ricarica aziendale" in top_ups and ">15,00<" in top_ups
    own = text_of(client, "ebill-prepaid-line", line.pk)
    assert "15,00 €" in own and ">3,33<" in own
    assert not any("77,77" in one for one in (page, credit, top_ups, own)), (
        "their own money is their own business"
    )


def test_bundles_are_followed_line_by_line(world, enter, traffic):
    plan = world.line_postpaid.plan
    Allowance.objects.create(plan=plan, kind=Kind.VOICE, area=Allowance.Area.HOME, quantity=600)
    Allowance.objects.create(plan=plan, kind=Kind.DATA, area=Allowance.Area.ROAMING, quantity=1_200)
    found = {line.number: line for line in bundles.eroded(Line.objects.filter(contract=world.a1), NOVEMBER)}

    line = found[world.line_postpaid.number]
    assert (line.voice, line.messages, line.data, line.roaming, line.highest) == (100, None, None, 85, 100)
    assert found[world.line_both.number].highest == 0
    client = enter(world.ebill)
    assert "Tot. linee 2" in text_of(client, "ebill-bundles")
    assert "Tot. linee 1" in text_of(client, "ebill-bundles", uso="100")
    assert "Tot. linee 1" in text_of(client, "ebill-bundles", mese="precedente", linea=world.line_both.number)
    assert "Tot. linee 2" in text_of(client, "ebill-bundles", ordina="-highest")
    access = type("A", (), {"contract": world.a1, "is_referent": True})()
    assert [bundles.near_or_over(access, percent) for percent in (80, 100, 101)] == [1, 1, 0]


@pytest.mark.accepts("A-7.4.2-1")
def test_ebill_opens_here_or_where_the_contract_says(world, enter, traffic):
    make_invoice(world.a1, "7X00000001")
    client = enter(world.ebill)
    page = text_of(client, "ebill")
    assert "12,20 €" in page and "12,11 €" not in page and "14,44 €" in page  # all lines, November
    assert 'target="_blank"' not in page[page.index("<main") : page.index("</main")]

    OutsideModule.objects.create(contract=world.a1, module="ebill", address="https://ebill.example.org/ente")
    for name in ("ebill", "ebill-postpaid", "ebill-prepaid"):
        page = text_of(client, name)
        link = page[page.index('<a class="btn btn-primary" href="https://ebill.example.org/ente"') :]
        assert 'target="_blank"' in link[:200] and "noopener" in link[:200]
        assert "pop-up" in page and "14,44" not in page
    assert "https://ebill.example.org" not in text_of(enter(world.outsider), "ebill")
    for person in (world.traffic, world.employee, world.messaging):
        assert enter(person).get(reverse("billing:ebill")).status_code == 403
