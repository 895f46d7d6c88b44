"""Thresholds from the operator's file, and the traffic the demo invents."""

from __future__ import annotations

import io
from datetime import date

from django.core.management import call_command

from billing.models import LineMonth
from lines.models import Line
from portal.contracts.feeds import services as feeds
from portal.outbox.models import Message
from tests.thresholds.samples import make_threshold
from thresholds.models import Crossing, Release, Threshold

HEADER = "contratto;numero;descrizione;periodo;valore;stato;attivazione;cessazione"


def load(path, commit, *rows):
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    with commit():
        return feeds.load_path(kind="thresholds", path=path).batch


def test_the_operators_file_makes_changes_and_ends_thresholds(world, tmp_path, commit, spend):
    head = f"{world.a1.number};{world.line_postpaid.number}"
    prepaid = f"{world.a1.number};{world.line_prepaid.number}"
    spend(world.line_postpaid, "45.00")
    batch = load(
        tmp_path / "one.csv",
        commit,
        f"{head};SOGLIA INFO SPESA PA;Mensile;50;ATTIVO;26/04/2026;",
        f"{prepaid};SOGLIA INFO VALORE DATI EXTRA UE PA;Mensile;50;ATTIVO;;",
        f"{prepaid};SOGLIA INFO SPESA PA;Mensile;50;ATTIVO;;",
        f"{head};SOGLIA INFO VALORE DATI EXTRA UE PA;Giornaliero;50;ATTIVO;;",
        f"{head};SOGLIA INFO VALORE DATI EXTRA UE PA;Mensile;0;ATTIVO;;",
        f"{head};SOGLIA INFO VALORE DATI EXTRA UE PA;Mensile;12,5;ATTIVO;;",
    )
    assert (batch.created, batch.rejected) == (2, 4), list(batch.rejects.values_list("reason", flat=True))
    made = Threshold.objects.get(line=world.line_postpaid)
    assert (made.value, made.activated_on, made.edition) == (50, date(2026, 4, 26), 1)
    assert Crossing.objects.values_list("level", flat=True).get() == 80
    load(tmp_path / "two.csv", commit, f"{head};SOGLIA DISPO SPESA PA;Mensile;40;ATTIVO;26/04/2026;")
    made.refresh_from_db()
    assert (made.kind, made.value, made.edition) == ("block", 40, 2)
    world.line_postpaid.refresh_from_db()
    assert world.line_postpaid.suspended_by == "threshold"
    load(
        tmp_path / "three.csv",
        commit,
        f"{head};SOGLIA DISPO SPESA PA;Mensile;40;CESSATO;26/04/2026;20/11/2026",
    )
    made.refresh_from_db()
    assert (made.state, made.ceased_on) == ("ceased", date(2026, 11, 20))


def test_the_traffic_of_the_demo_wears_thresholds_away_stops_a_line_and_lets_it_go(
    world, django_capture_on_commit_callbacks
):
    make_threshold(world.line_postpaid, kind="block", value=20)
    make_threshold(world.line_both, value=30)
    said = io.StringIO()
    # Every file commits by itself in the demo; here the callbacks of each are run when it is loaded.
    original = feeds.load_path

    def load_and_commit(**how):
        with django_capture_on_commit_callbacks(execute=True):
            return original(**how)

    feeds.load_path = load_and_commit
    try:
        call_command("demo_traffic", rounds=6, pause=0, contract=world.a1.number, stdout=said)
    finally:
        feeds.load_path = original
    words = said.getvalue()
    assert "has been stopped by its threshold" in words and "has been let go by customer service" in words
    assert Release.objects.get().line == world.line_postpaid
    assert Line.objects.get(pk=world.line_postpaid.pk).state == "active"
    assert LineMonth.objects.get(line=world.line_both).data_net > 0
    assert Message.objects.filter(recipient=world.line_postpaid.number, channel="sms").count() == 2
