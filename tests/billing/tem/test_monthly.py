"""Kept analyses: one's own, changed, deleted, and sent once a month in the rights of that moment."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from billing.models import SavedAnalysis
from billing.tem import monthly, services
from portal import clock
from portal.audit.models import AuditEntry
from portal.contracts.access import Access
from portal.contracts.models import Referent
from portal.jobs import services as jobs
from portal.jobs.models import Job
from portal.outbox.models import Message
from tests import world as make

pytestmark = pytest.mark.django_db
QUERY = {"misura": ["spesa"], "per": ["tipo"], "periodo": ["mese-scorso"]}


def keep(world, name="Spesa", *, monthly=True, query=QUERY, who="roa") -> SavedAnalysis:
    return services.save(
        access=Access.load(getattr(world, who), world.a1.pk), name=name, query=query, monthly=monthly
    )


def on(year, month, day, hour=9):
    return clock.use(datetime(year, month, day, hour, tzinfo=UTC))


def sent() -> list[Message]:
    return list(Message.objects.filter(kind="tem-monthly").order_by("pk"))


def work():
    monthly.ask_for_all()
    jobs.work_all()


def test_a_view_goes_out_once_a_month_with_its_figures_of_that_month(story, world):
    saved = keep(world)
    keep(world, "Mai", monthly=False)
    work()
    assert sent() == []  # kept on the 20th: the 3rd of this month is over
    with on(2026, 12, 2):
        work()
        assert sent() == []
    with on(2026, 12, 3):
        work()
        work()
    with on(2026, 12, 29):
        Job.objects.all().delete()  # even where nobody remembers the job
        work()
    (message,) = sent()
    assert (
        message.recipient == world.roa.email and "Spesa" in message.subject and "01/11/2026" in message.text
    )
    book = openpyxl.load_workbook(io.BytesIO(bytes(message.attachments.get().content)))
    rows = list(book.active.values)
    assert rows[0] == ("Tipo di traffico", "Spesa netta €")
    with on(2026, 12, 3):
        from billing.tem.engine import run
        from billing.tem.forms import AnalysisForm, query_dict

        form = AnalysisForm(query_dict(saved.query), access=Access.load(world.roa))
        assert form.is_valid()
        shown = {row.label: row for row in run(form.analysis()).rows}
        assert {row[0]: Decimal(str(row[1])).quantize(Decimal("0.01")) for row in rows[1:]} == {
            label: form.analysis().unit.said(row.total) for label, row in shown.items()
        }
    with on(2027, 1, 4):
        work()
    assert len(sent()) == 2 and AuditEntry.objects.filter(action="billing.analysis.send").count() == 2


def test_nothing_is_sent_to_who_may_no_longer_see_it(story, world):
    keep(world)
    keep(world, "Di Elena", who="ebill")
    Referent.objects.filter(contract=world.a1, mobile_number=world.roa.mobile_number).delete()
    world.ebill.is_active = False
    world.ebill.save()
    with on(2026, 12, 3):
        work()
    assert sent() == []
    assert set(Job.objects.filter(kind=monthly.JOB).values_list("state", flat=True)) == {"failed"}


def test_a_view_that_is_no_longer_sent_or_is_gone_sends_nothing(story, world):
    saved, gone = keep(world), keep(world, "Altra")
    with on(2026, 12, 3):
        monthly.ask_for_all()
        services.change(saved=saved, name="Spesa", monthly=False)
        services.delete(saved=gone)
        jobs.work_all()
    assert sent() == []


def test_lines_go_out_as_a_list(story, world):
    keep(world, "Le linee", query={"misura": ["eventi"], "per": ["linea"], "periodo": ["mese-scorso"]})
    with on(2026, 12, 3):
        work()
    (message,) = sent()
    rows = list(openpyxl.load_workbook(io.BytesIO(bytes(message.attachments.get().content))).active.values)
    assert rows[0][:5] == ("Linea", "Cognome", "Nome", "Profilo tariffario", "Eventi")
    assert [row[4] for row in rows[1:]] == sorted((row[4] for row in rows[1:]), reverse=True) and len(
        rows
    ) == 4


def test_views_are_kept_changed_and_deleted_by_their_owner_alone(story, world, enter):
    browser = enter(world.roa)
    address = reverse("billing:tem-analysis")
    empty = browser.post(f"{address}?per=zona", {"save": "new", "name": " "})
    assert "Campo obbligatorio" in empty.content.decode() or empty.context["save_form"].errors["name"]
    browser.post(f"{address}?per=zona&zona=1", {"save": "new", "name": "Estero"})
    saved = SavedAnalysis.objects.get()
    assert saved.query["zona"] == ["1"] and saved.monthly_since is None
    twice = browser.post(f"{address}?per=mese", {"save": "new", "name": "estero"})
    assert twice.context["save_form"].errors["name"] == ["Hai già un'analisi con questo nome."]
    browser.post(
        f"{address}?per=mese&zona=2&vista={saved.pk}", {"save": "update", "name": "Fuori UE", "monthly": "on"}
    )
    saved.refresh_from_db()
    assert (saved.name, saved.query["zona"], saved.monthly_since) == ("Fuori UE", ["2"], clock.today())
    assert "Fuori UE" in browser.get(reverse("billing:tem")).content.decode()

    make.referent(world.a1, Referent.Role.EBILL, world.traffic.mobile_number, "Tommaso", "Neri")
    for stranger in (world.ebill, world.traffic, world.outsider):
        other = enter(stranger)
        assert other.get(reverse("billing:tem-saved", args=[saved.pk])).status_code == 404
        assert other.post(reverse("billing:tem-saved-delete", args=[saved.pk])).status_code == 404
        assert other.get(f"{address}?vista={saved.pk}").context["saved"] is None
    browser.post(reverse("billing:tem-saved-delete", args=[saved.pk]))
    assert not SavedAnalysis.objects.exists()
    actions = set(
        AuditEntry.objects.filter(action__startswith="billing.analysis").values_list("action", flat=True)
    )
    assert actions == {"billing.analysis.save", "billing.analysis.change", "billing.analysis.delete"}
