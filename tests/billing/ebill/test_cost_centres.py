"""Cost centres (B2.1.4): the tree, who bears what from which month on, and reports that follow."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.ebill import reports, services, tree
from billing.ebill.splitting import Share, WrongShares, parts
from billing.models import CostAssignment, CostCentre, InvoiceLine, LineMonth
from portal.audit.models import AuditEntry
from tests.billing.ebill.samples import centre, used
from tests.billing.samples import make_invoice
from tests.load import cost_cases

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


def euro(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture
def centres(world):
    made = {"adm": centre(world.a1, "ADM", "Amministrazione")}
    made["its"] = centre(world.a1, "ITS", "Informatica", parent=made["adm"])
    made["med"] = centre(world.a1, "MED", "Reparti")
    return made


@pytest.fixture
def invoice(world):
    """Issued in October: 10.01 € of one line, 20 € of another, 5 € of no line, tax included."""
    made = make_invoice(
        world.a1,
        "7X00000001",
        issued=date(2026, 10, 10),
        net=euro("35.01"),
        vat=euro("0"),
        total=euro("35.01"),
    )
    InvoiceLine.objects.filter(invoice=made).delete()
    for position, (line, net) in enumerate(
        ((world.line_postpaid, "10.01"), (world.line_both, "20.00"), (None, "5.00")), 1
    ):
        InvoiceLine.objects.create(
            invoice=made, position=position, line=line, number=line.number if line else "", service="fee",
            description="Canone", net=euro(net), vat_rate=0, vat=0,
        )  # fmt: skip
    return made


def assign(world, line, on, *shares):
    split = services.split_of(contract_id=world.a1.pk, shares=shares) if shares else None
    return services.assign(lines=[line.pk], split=split, on=on, contract=world.a1)


# --- Splits -----------------------------------------------------------------------------------------------------
def test_ten_thousand_amounts_divided_add_up_to_the_cent():
    assert cost_cases.run(10_000) == 10_000


def test_fixed_parts_come_first_and_a_credit_leaves_them_alone():
    shares = [Share(1, fixed=euro("6")), Share(2, percent=euro("33.33")), Share(3, percent=euro("66.67"))]

    assert parts(euro("10.00"), shares, 1) == [euro("6"), euro("1.33"), euro("2.67")]
    assert parts(euro("10.00"), shares, 2) == [euro("10.00"), 0, 0]
    assert parts(euro("-9.00"), shares, 1) == [0, euro("-3.00"), euro("-6.00")]


@pytest.mark.parametrize(
    "shares",
    [
        [],
        [Share(1, percent=euro("99.99"))],
        [Share(1, percent=euro("50")), Share(1, percent=euro("50"))],
        [Share(1, fixed=euro("5"))],
        [Share(1, fixed=euro("5"), percent=euro("100"))],
        [Share(1, percent=euro("0")), Share(2, percent=euro("100"))],
    ],
)
def test_shares_that_make_no_whole_are_refused(shares):
    with pytest.raises(WrongShares):
        services.check_shares(shares)


# --- The past -----------------------------------------------------------------------------------------------------
@pytest.mark.accepts("A-B04-2")
def test_a_line_moved_from_an_earlier_month_changes_past_reports_and_splits_add_up(world, centres, invoice):
    adm, its, med = (centres[name].pk for name in ("adm", "its", "med"))
    used(world.line_postpaid, SEPTEMBER, voice_net=333)
    used(world.line_postpaid, OCTOBER, voice_net=100_001)
    assign(world, world.line_postpaid, NOVEMBER, Share(adm, percent=euro("100")))
    before = reports.of_invoice(invoice)
    assert dict(before.amounts) == {reports.UNASSIGNED: euro("30.01"), reports.OF_CONTRACT: euro("5.00")}

    assign(
        world, world.line_postpaid, OCTOBER, Share(its, percent=euro("50")), Share(med, percent=euro("50"))
    )
    assign(world, world.line_both, OCTOBER, Share(adm, fixed=euro("3")), Share(med, percent=euro("100")))
    after = reports.of_invoice(invoice)

    assert after.amounts[its] + after.amounts[med] == euro("10.01") + euro("14.00")
    assert after.amounts[adm] == euro("6.00"), "so much a month, and an invoice covers two"
    assert after.amounts[its] in (euro("5.00"), euro("5.01"))
    assert after.total == invoice.total
    assert sum(part.amount for part in reports.parts_of_invoice(invoice)) == invoice.total
    by_centre = {}
    for part in reports.parts_of_invoice(invoice):
        by_centre[part.key] = by_centre.get(part.key, 0) + part.amount
    assert by_centre == dict(after.amounts)
    traffic = reports.of_traffic(LineMonth.objects.filter(contract=world.a1), [SEPTEMBER, OCTOBER])
    assert traffic.total == euro("10.03")
    assert traffic.amounts[reports.UNASSIGNED] == euro("0.03"), "September is as it was"
    assert traffic.amounts[its] + traffic.amounts[med] == euro("10.00")


def test_a_line_that_changed_centre_is_counted_once_a_month(world, centres, invoice):
    """Two whole assignments and a split, one after the other: each month knows its own only."""
    adm, its, med = (centres[name].pk for name in ("adm", "its", "med"))
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        used(world.line_postpaid, month, voice_net=100_000)
    assign(world, world.line_postpaid, SEPTEMBER, Share(adm, percent=euro("100")))
    assign(world, world.line_postpaid, OCTOBER, Share(its, percent=euro("100")))
    assign(
        world, world.line_postpaid, NOVEMBER, Share(its, percent=euro("50")), Share(med, percent=euro("50"))
    )
    rows = LineMonth.objects.filter(contract=world.a1)
    assert dict(reports.of_traffic(rows, [SEPTEMBER]).amounts) == {adm: euro("10.00")}
    assert dict(reports.of_traffic(rows, [OCTOBER]).amounts) == {its: euro("10.00")}
    assert dict(reports.of_traffic(rows, [NOVEMBER]).amounts) == {its: euro("5.00"), med: euro("5.00")}
    assert reports.of_invoice(invoice).amounts[its] == euro("10.01")
    assert reports.of_invoice(invoice).total == invoice.total


def test_a_new_assignment_replaces_what_was_said_of_later_months(world, centres):
    adm, med = (Share(centres[name].pk, percent=euro("100")) for name in ("adm", "med"))
    assign(world, world.line_both, SEPTEMBER, adm)
    assign(world, world.line_both, NOVEMBER, med)
    assert assign(world, world.line_both, NOVEMBER, med) == set(), "it says so already"
    assign(world, world.line_both, OCTOBER, med)
    rows = list(CostAssignment.objects.filter(line=world.line_both).order_by("starts_on"))

    assert [(row.starts_on, row.ends_on) for row in rows] == [(SEPTEMBER, OCTOBER), (OCTOBER, None)]
    assign(world, world.line_both, OCTOBER)
    assert [row.ends_on for row in CostAssignment.objects.filter(line=world.line_both)] == [OCTOBER]
    told = AuditEntry.objects.filter(action=services.ASSIGNED).order_by("pk")
    assert [entry.changes["cost_centre"] for entry in told][-1] == ["ADM", ""] or told.count() == 4


# --- The tree -----------------------------------------------------------------------------------------------------
def test_the_tree_sums_what_is_below_and_keeps_itself_straight(world, centres, invoice):
    assign(world, world.line_both, OCTOBER, Share(centres["its"].pk, percent=euro("100")))
    knots = tree.knots(CostCentre.objects.filter(contract=world.a1), reports.of_invoice(invoice))

    assert [(one.centre.code, one.depth, one.own, one.total) for one in knots] == [
        ("ADM", 0, 0, euro("20.00")), ("ITS", 1, euro("20.00"), euro("20.00")), ("MED", 0, 0, 0),
    ]  # fmt: skip
    with pytest.raises(services.CentreRefused):
        services.save_centre(
            contract=world.a1, centre=centres["adm"], code="ADM", name="x", parent=centres["its"]
        )
    with pytest.raises(services.CentreRefused):
        services.save_centre(contract=world.a1, code="adm", name="Un altro")
    with pytest.raises(services.CentreRefused):
        services.remove_centre(centre=centres["its"])
    with pytest.raises(services.CentreRefused):
        services.remove_centre(centre=centres["adm"])
    services.remove_centre(centre=centres["med"])


def test_pages_of_the_tree_make_change_close_and_remove(world, enter, centres, invoice):
    assign(world, world.line_both, OCTOBER, Share(centres["its"].pk, percent=euro("100")))
    client = enter(world.ebill)
    page = client.get(reverse("billing:centres")).content.decode()
    assert "Informatica" in page and "20,00" in page and "35,01" in page and "Voci senza linea" in page

    wrong = client.post(reverse("billing:centre-new"), {"code": "con spazi", "name": "Scuola"})
    assert "senza spazi" in wrong.content.decode() and 'value="Scuola"' in wrong.content.decode()
    double = client.post(reverse("billing:centre-new"), {"code": "its", "name": "Scuola"})
    assert "già un centro" in double.content.decode()
    client.post(reverse("billing:centre-new"), {"code": "SCU", "name": "Scuola", "parent": centres["adm"].pk})
    made = CostCentre.objects.get(code="SCU")
    assert made.parent == centres["adm"] and made.contract == world.a1
    client.post(
        reverse("billing:centre-change", args=[made.pk]), {"code": "SCU", "name": "Scuole", "is_closed": "on"}
    )
    made.refresh_from_db()
    assert (made.name, made.parent, made.is_closed) == ("Scuole", None, True)
    client.post(reverse("billing:centre-remove", args=[made.pk]))
    client.post(reverse("billing:centre-remove", args=[centres["its"].pk]))
    assert set(CostCentre.objects.values_list("code", flat=True)) == {"ADM", "ITS", "MED"}
    own = client.get(reverse("billing:centre", args=[centres["its"].pk])).content.decode()
    assert world.line_both.number[3:6] in own and "Tot. Linee 1" in own


def test_the_files_of_the_tree_add_up_to_the_invoices(world, enter, centres, invoice):
    assign(
        world, world.line_both, OCTOBER,
        Share(centres["its"].pk, percent=euro("33.33")), Share(centres["med"].pk, percent=euro("66.67")),
    )  # fmt: skip
    client = enter(world.roa)
    for level in ("centri", "linee"):
        answer = client.get(reverse("billing:centres-file", args=[level, "csv"]))
        rows = answer.getvalue().decode("utf-8-sig").splitlines()
        column = -2 if level == "centri" else -1
        amounts = [Decimal(row.split(";")[column].replace(",", ".")) for row in rows[1:]]
        assert sum(amounts) == invoice.total
    assert client.get(reverse("billing:centres"), {"fonte": "traffico"}).status_code == 200
    odd = client.get(reverse("billing:centres"), {"dal": "2026-11-01", "al": "2026-10-01"})
    assert "viene prima" in odd.content.decode()
