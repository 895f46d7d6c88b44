"""«Abilitazione over/extra bundle» (7.3.5)."""

import re

import pytest

from lines.models import BillingType, Line, OverUse, TariffPlan
from portal.operations.models import RequestState, ServiceRequest
from tests import world as people
from tests.lines.operations import Walk, went_on, work

EXTRA, NATIONAL, EXTRA_EU = (over_use.value for over_use in OverUse)


@pytest.fixture
def walk(world, enter):
    return Walk(enter(world.roa), "over-extra-bundle").begin()


@pytest.fixture
def bundle(world):
    """A line with a bundle."""
    line = people.line(world.a1, "3312540201")
    line.plan = TariffPlan.objects.create(
        code="pa8-pacchetto", name="PA 8 PACCHETTO", billing_type=BillingType.POSTPAID, usage="bundle"
    )
    line.save()
    return line


@pytest.fixture
def m2m(world):
    line = people.line(world.a1, "3312540202")
    line.plan = TariffPlan.objects.create(code="m2m", name="M2M PA 8", usage="data")
    line.save()
    return line


def boxes(page: str, line) -> dict[str, bool]:
    """Which permission boxes of the line's row can be used."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="(\d+)"', tag)
        if name and value and name[1] in OverUse.values and value[1] == str(line.pk):
            found[name[1]] = "disabled" not in tag
    return found


def confirm(walk, *lines, **wanted):
    """Tick «Conferma modifica» on these rows; `wanted` are the ticked permissions by name."""
    ids = [line.pk for line in lines]
    return walk.post(
        "linee",
        shown=[line.pk for line in Line.objects.filter(contract=walk.draft.contract)],
        lines=ids,
        **wanted,
    )


@pytest.mark.accepts("A-7.3.5-1")
def test_the_plan_says_which_permissions_can_be_changed(walk, world, bundle, m2m):
    page = walk.html("linee")
    every = dict.fromkeys((EXTRA, NATIONAL, EXTRA_EU), True)
    only_extra_eu = {EXTRA: False, NATIONAL: False, EXTRA_EU: True}
    assert boxes(page, world.line_postpaid) == boxes(page, m2m) == only_extra_eu
    assert boxes(page, bundle) == boxes(page, world.line_prepaid) == every


@pytest.mark.accepts("A-7.3.5-1")
def test_a_permission_the_plan_does_not_open_is_not_taken_from_a_forged_form(walk, world):
    line = world.line_postpaid
    confirm(walk, line, **{EXTRA: [line.pk], NATIONAL: [line.pk], EXTRA_EU: [line.pk]})
    walk.download().send()
    assert walk.one().items.get().values == {EXTRA_EU: True}


@pytest.mark.accepts("A-7.3.5-2")
def test_rows_without_the_confirmation_stay_as_they_are_though_ticked(walk, world, bundle):
    prepaid = world.line_prepaid
    assert went_on(confirm(walk, bundle, **{EXTRA: [bundle.pk, prepaid.pk]}))
    walk.download().send()
    work()
    assert [item.line_number for item in walk.one().items.all()] == [bundle.number]
    bundle.refresh_from_db()
    prepaid.refresh_from_db()
    assert bundle.extra_bundle and not bundle.over_bundle
    assert not prepaid.extra_bundle


@pytest.mark.accepts("A-7.3.5-3")
def test_the_page_warns_of_negative_credit_and_leads_to_the_automatic_top_up(walk):
    page = walk.html("linee")
    assert "il credito sotto zero" in page and "non si rinnova" in page
    from portal import functions
    from portal.site import navigation

    url = navigation.url_of(functions.get("7.3.4"))
    assert url in page if url else "Ricarica aziendale con addebito in fattura" in page


@pytest.mark.accepts("A-7.3.5-4")
def test_the_request_has_its_order_and_waits_for_the_summary(walk, bundle):
    confirm(walk, bundle, **{EXTRA: [bundle.pk]})
    walk.send()
    assert not ServiceRequest.objects.exists()
    walk.download().send()
    request = walk.one()
    assert request.label == "Modif abilit over-ext bundle"
    assert request.order.number
    assert [document.key for document in request.documents.all()] == ["riepilogo"]
    work()
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED


def test_a_confirmed_row_without_a_change_is_told(walk, bundle):
    answer = confirm(walk, bundle)
    assert not went_on(answer)
    assert "non cambia nulla" in answer.content.decode()


def test_what_was_ticked_on_a_row_is_still_ticked_when_coming_back(walk, bundle):
    confirm(walk, bundle, **{NATIONAL: [bundle.pk]})
    page = walk.html("linee")
    tag = next(t for t in re.findall(r"<input[^>]*>", page) if f'name="{NATIONAL}" value="{bundle.pk}"' in t)
    assert "checked" in tag


def test_a_list_of_lines_is_asked_once_what_to_change(walk, world, bundle):
    walk.draft.items.create(subject_id=bundle.pk)
    walk.draft.items.create(subject_id=world.line_postpaid.pk)
    walk.post("linee")
    assert "2 linee" in walk.html("abilitazioni")
    assert not went_on(walk.post("abilitazioni", **{EXTRA: "", NATIONAL: "", EXTRA_EU: ""}))
    assert went_on(walk.post("abilitazioni", **{EXTRA: "si", NATIONAL: "", EXTRA_EU: "si"}))
    walk.download().send()
    asked = {item.line_number: item.values for item in walk.one().items.all()}
    assert asked == {
        bundle.number: {EXTRA: True, EXTRA_EU: True},
        world.line_postpaid.number: {EXTRA_EU: True},
    }


def test_a_list_in_which_nothing_changes_is_not_filed(walk, bundle):
    Line.objects.filter(pk=bundle.pk).update(extra_bundle=True)
    walk.draft.items.create(subject_id=bundle.pk)
    walk.post("linee")
    walk.post("abilitazioni", **{EXTRA: "si"})
    walk.download()
    assert "non cambia nulla" in walk.send().content.decode()
    assert not ServiceRequest.objects.exists()
