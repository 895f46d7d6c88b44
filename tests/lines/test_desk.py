"""Lines on the customer-service desk: found by whole numbers, read, and changed through services alone."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from lines.desk_admin import DeskAdmin
from lines.models import Line, LineState
from portal.audit.models import AuditEntry

PAGES = [model for model, desk in admin.site._registry.items() if isinstance(desk, DeskAdmin)]


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_every_page_lists_and_searches_and_offers_no_writing(world, enter, model):
    desk = enter(world.supervisor)
    label = f"admin:lines_{model.__name__.lower()}"
    assert desk.get(reverse(f"{label}_changelist"), {"q": "3312547228"}).status_code == 200
    assert desk.get(reverse(f"{label}_add")).status_code == 403
    row = model.objects.first()
    if row is not None:
        page = desk.get(reverse(f"{label}_change", args=[row.pk]))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert desk.get(reverse(f"{label}_delete", args=[row.pk])).status_code == 403


def test_a_line_is_found_by_number_by_code_and_by_holder(world, enter):
    Line.objects.filter(pk=world.line_postpaid.pk).update(holder_last_name="Zanardi")
    desk = enter(world.supervisor)
    for words in ("3312547228", "8939010003312547228", "Zanar"):
        page = desk.get(reverse("admin:lines_line_changelist"), {"q": words}).content.decode()
        assert "3312547228" in page
        assert "3312544025" not in page


def test_staff_suspend_and_resume_lines_and_the_register_names_them(world, enter):
    desk = enter(world.supervisor)
    ids = [world.line_postpaid.pk, world.line_prepaid.pk]
    form = {"action": "suspend", "_selected_action": ids}
    desk.post(reverse("admin:lines_line_changelist"), form)
    assert set(Line.objects.filter(pk__in=ids).values_list("state", "suspended_by")) == {
        (LineState.SUSPENDED, "operator")
    }
    entry = AuditEntry.objects.filter(action="lines.line.suspended").first()
    assert entry.actor == world.supervisor
    desk.post(reverse("admin:lines_line_changelist"), form | {"action": "resume"})
    assert set(Line.objects.filter(pk__in=ids).values_list("state", flat=True)) == {LineState.ACTIVE}
