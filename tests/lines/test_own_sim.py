"""«La mia SIM» (9.1.1) and the memo of PIN and PUK."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from lines import allowances
from lines.allowances import Counter, Credit, Traffic
from lines.models import Line
from tests.lines import stock

URL = "lines:my-sim"


def words(answer) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


@pytest.fixture
def owned(world):
    stock.fill(world)
    return world


@pytest.fixture
def sources(monkeypatch):
    """What billing will tell: an empty table to fill."""
    monkeypatch.setattr(allowances, "_sources", {})
    return allowances._sources


@pytest.mark.accepts("A-9-1")
def test_an_employee_sees_the_own_line_and_no_other(owned, enter):
    browser = enter(owned.employee)
    assert "3312547228" in words(browser.get(reverse(URL)))
    others = (owned.line_prepaid, owned.line_both, owned.line_other)
    for line in others:
        card = line.sims.first()
        assert browser.get(reverse("lines:memo", args=[card.pk])).status_code == 404
        assert browser.get(reverse("lines:my-imei", args=[card.pk])).status_code == 404
        assert browser.get(reverse("lines:line", args=[line.pk])).status_code == 403
        assert browser.get(reverse("lines:imei", args=[line.inventory.first().pk])).status_code == 403
        page = browser.get(reverse(URL), {"linea": line.number, "pk": line.pk})
        assert line.number not in words(page)
    assert browser.get(reverse("lines:line", args=[owned.line_postpaid.pk])).status_code == 403
    assert browser.get(reverse("lines:lines"), {"linea": "3312544025"}).status_code == 403


@pytest.mark.accepts("A-9.1.1-2")
def test_one_number_has_a_row_for_each_card_with_the_whole_code(owned, enter):
    page = enter(owned.traffic).get(reverse(URL)).content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", page[page.index("<tbody") :], re.DOTALL)
    cells = [
        [" ".join(strip_tags(c).split()) for c in re.findall(r"<td.*?</td>", row, re.DOTALL)] for row in rows
    ]
    assert [(row[0], row[2]) for row in cells] == [
        ("8939010003312540003", "Principale"),
        ("8939010008547043845", "Secondaria"),
    ]
    assert "Principale" not in words(enter(owned.employee).get(reverse(URL)))


def test_the_state_of_the_line_is_feminine(owned, enter):
    browser = enter(owned.employee)
    assert "ATTIVA" in words(browser.get(reverse(URL)))
    assert "ATTIVO" not in words(browser.get(reverse(URL)))
    Line.objects.filter(pk=owned.line_postpaid.pk).update(state="suspended", suspended_by="block")
    text = words(browser.get(reverse(URL)))
    assert "SOSPESA" in text
    assert "La tua linea è sospesa" in text


def test_a_prepaid_line_shows_its_personal_credit_and_a_subscription_none(owned, enter, sources):
    @allowances.credit_source
    def credit(line_id):
        return Credit(Decimal("135.00"))

    assert "Credito residuo personale 135,00 €" in words(enter(owned.employee_prepaid).get(reverse(URL)))
    assert "Credito" not in words(enter(owned.employee).get(reverse(URL)))


def test_a_credit_nobody_knows_is_not_invented(owned, enter, sources):
    assert "Credito residuo personale non disponibile" in words(
        enter(owned.employee_prepaid).get(reverse(URL))
    )


def test_three_counters_show_what_is_left_of_how_much_and_zeros_without_packages(owned, enter, sources):
    browser = enter(owned.employee)
    empty = words(browser.get(reverse(URL)))
    for unit in ("GB 0,0 rimasti su 0,0", "minuti 0 rimasti su 0", "SMS 0 rimasti su 0"):
        assert unit in empty

    @allowances.traffic_source
    def traffic(line_id):
        return Traffic(
            Counter(Decimal("1.5"), Decimal(4)),
            Counter(Decimal(100), Decimal(100)),
            Counter(Decimal(0), Decimal(200)),
        )

    page = browser.get(reverse(URL))
    for unit in ("GB 1,5 rimasti su 4,0", "minuti 100 rimasti su 100", "SMS 0 rimasti su 200"):
        assert unit in words(page)
    assert re.findall(r'stroke-dasharray="(\d+) 100"', page.content.decode()) == ["37", "100"]


@pytest.mark.parametrize(
    ("left", "total", "percent", "low"),
    [
        (0, 0, 0, False),
        (0, 10, 0, True),
        (1, 1000, 1, True),
        (5, 10, 50, False),
        (12, 10, 100, False),
        (3, 0, 0, False),
    ],
)
def test_an_arc_never_leaves_its_circle(left, total, percent, low):
    counter = Counter(Decimal(left), Decimal(total))
    assert (counter.percent, counter.is_low) == (percent, low)


def test_the_imei_of_the_own_device_is_told_on_request(owned, enter):
    browser = enter(owned.employee)
    page = browser.get(reverse(URL)).content.decode()
    assert stock.IMEI not in page
    assert "Richiedi" in page
    card = owned.line_postpaid.sims.get()
    assert stock.IMEI in words(browser.get(reverse("lines:my-imei", args=[card.pk]), follow=True))
    assert stock.IMEI in words(
        browser.get(reverse("lines:my-imei", args=[card.pk]), headers={"HX-Request": "true"})
    )


def test_the_memo_has_nothing_that_could_be_sent(owned, enter):
    browser = enter(owned.employee)
    card = owned.line_postpaid.sims.get()
    page = browser.get(reverse("lines:memo", args=[card.pk])).content.decode()
    main = page[page.index("data-memo=") : page.index("</main")]
    assert len(re.findall(r"<input", main)) == 3
    assert "<form" not in main
    assert " name=" not in main
    assert f'data-memo="{owned.employee.pk}.{card.iccid}"' in page
    assert browser.post(reverse("lines:memo", args=[card.pk]), {"pin": "1234"}).status_code == 405
