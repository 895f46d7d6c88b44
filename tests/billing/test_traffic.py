"""Events come in once, whatever the files and their order, and the sums say so."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from billing.models import ContractDay, Freshness, LineDay, LineMonth, TrafficDay, TrafficEvent
from billing.signals import traffic_ingested
from billing.traffic import loading
from portal.contracts.feeds.models import FeedBatch
from portal.contracts.feeds.services import load_path
from tests.billing import events
from tests.billing.conftest import counts, reasons
from tests.billing.events import Event

A1, POSTPAID, PREPAID = "888010088938", "3312547228", "3312544025"
AT = datetime(2026, 11, 19, 9, 15, tzinfo=UTC)


def an_event(which=1, **values) -> Event:
    defaults = {"id": f"{which:032x}", "contract": A1, "number": POSTPAID, "at": AT}
    return Event(**(defaults | values))


def test_an_event_is_kept_and_summed_at_each_grain(load, world):
    batch = load("traffic", an_event(volume=61, net=Decimal("0.1250"), gross=Decimal("0.1525")).row())

    event = TrafficEvent.objects.get()
    assert counts(batch) == (1, 1, 0, 0)
    assert (event.line, event.contract, event.at) == (world.line_postpaid, world.a1, AT)
    assert (event.volume, event.gross, event.net) == (61, 1525, 1250)
    assert (event.get_kind_display(), event.detail, event.counterpart) == ("Voce", "MOC", "3401234567")
    day, month, contract = LineDay.objects.get(), LineMonth.objects.get(), ContractDay.objects.get()
    for row in (day, month, contract):
        assert (row.voice_events, row.voice_seconds, row.voice_net, row.gross) == (1, 61, 1250, 1525)
        assert (row.message_events, row.data_kb, row.zone, row.payer) == (0, 0, 0, 0)
    assert (day.day, month.month, contract.contract) == (date(2026, 11, 19), date(2026, 11, 1), world.a1)


def test_the_day_is_the_roman_one(load):
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # half past midnight in Rome
    load("traffic", an_event(at=late).row())

    assert LineDay.objects.get().day == date(2026, 11, 19)


def test_both_half_past_two_of_the_long_night_are_counted(load):
    """On 25 October 2026 the clocks of Rome say 02:30 twice."""
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    local = "{id};{contract};{number};2026-10-25T02:30:00+0{offset}:00;1;60;0;0;Voce;UE;;;;;;"
    rows = [local.format(id="", contract=A1, number=PREPAID, offset=offset) for offset in (2, 1)]
    batch = load("traffic", an_event(1, at=first).row(), an_event(2, at=second).row(), *rows)

    assert counts(batch) == (4, 4, 0, 0)
    assert sorted(TrafficEvent.objects.values_list("at", flat=True)) == [first, first, second, second]
    assert ContractDay.objects.get(zone=1).voice_events == 2


def test_the_same_file_again_changes_nothing(load, tmp_path):
    rows = [an_event(n).row() for n in range(5)]
    load("traffic", *rows)
    path = events.write(tmp_path / "again.csv", rows)

    assert not load_path(kind="traffic", path=path).is_new
    assert LineDay.objects.get().voice_events == 5


def test_events_seen_before_are_found_inside_and_across_files(load):
    load("traffic", *[an_event(n).row() for n in (1, 2, 3)])
    batch = load("traffic", *[an_event(n).row() for n in (3, 4, 4, 5)])

    assert counts(batch) == (4, 2, 2, 0)
    assert LineDay.objects.get().voice_events == LineMonth.objects.get().voice_events == 5
    assert TrafficEvent.objects.count() == 5


def test_equal_calls_without_an_identity_both_count_and_are_known_again(load):
    row = an_event().row()[32:]  # without its id
    batch = load("traffic", row, row)
    assert counts(batch) == (2, 2, 0, 0)

    again = load("traffic", row, row, an_event(9).row())
    assert counts(again) == (3, 1, 2, 0)
    assert LineDay.objects.get().voice_events == 3


def test_a_correction_takes_back_what_was_wrong_before_or_after_it_comes(load):
    wrong = an_event(1, net=Decimal("5"), volume=100)
    load("traffic", wrong.taken_back("a" * 32).row())
    load("traffic", wrong.row(), an_event(3, net=Decimal("0.5"), volume=90).row())

    for row in (LineDay.objects.get(), LineMonth.objects.get(), ContractDay.objects.get()):
        assert (row.voice_events, row.voice_seconds, row.voice_net) == (1, 90, 5000)
    assert TrafficEvent.objects.get(correction=True).net == -50_000


def test_bad_rows_are_named_and_the_rest_goes_in(load):
    good = an_event(1).row()
    bad = {
        3: (good.replace("3312547228", "3312547229"), "Il numero non è una linea del contratto."),
        4: (good.replace(A1, "888999999999"), "Il contratto non esiste."),
        5: (good.replace("11-19T", "11-31T"), "la data"),
        6: (good.replace("2026-11-19", "2026-11-29"), "futuro"),
        7: (good.replace("2026-11-19", "2026-05-19"), "conservazione"),
        8: (good.replace(";60;", ";-60;"), "«volume»"),
        9: (good.replace(";0;0;", ";0;-1,0;"), "«netto»"),
        10: (good.replace("Voce", "Piccione"), "«categoria»"),
        11: (good.replace(";60;", f";{'9' * 300};"), "«volume»"),
        12: (good.replace("Z;", ";"), "«istante»"),
        13: (good + ";altro", "colonne"),
        14: (good.replace("TIM", '"TIM'), "virgolette"),
        15: (good.replace("TIM", "T" * 41), "«operatore»"),
        16: (good.replace("TIM", "T\0M"), "nulli"),
        17: (good.replace("TIM", "x" * 20_000), "troppo lunga"),
    }
    batch = load("traffic", an_event(2).row(), *[row for row, _why in bad.values()], an_event(3).row())

    assert counts(batch) == (17, 2, 0, 15)
    found = reasons(batch)
    assert {line for line, (_row, why) in bad.items() if why.casefold() in found[line].casefold()} == set(bad)
    assert LineDay.objects.get().voice_events == 2


def test_text_that_is_not_utf8_spoils_only_its_row(load):
    rows = [an_event(n).row().encode() for n in range(3)]
    rows[1] = rows[1].replace(b"TIM", b"T\xe0M")
    batch = load("traffic", raw=b"\n".join([events.HEADER.encode(), *rows]))

    assert counts(batch) == (3, 2, 0, 1)
    assert "UTF-8" in reasons(batch)[3]


def test_columns_may_stand_in_any_order_and_files_may_be_packed(load):
    header = "netto;numero;contratto;istante;volume;categoria;zona;id"
    row = f"1,25;+39 331 254 7228;{A1};2026-11-19T10:15:00+01:00;7;sms;extra ue;{1:032X}"
    load("traffic", raw=gzip.compress(f"{header}\n{row}\n".encode()))
    batch = load("traffic", an_event(1, kind="SMS/MMS", zone="Extra UE").row())

    assert counts(batch) == (1, 0, 1, 0)
    usage = LineMonth.objects.get()
    assert (usage.message_events, usage.message_pieces, usage.message_net, usage.zone) == (1, 7, 12_500, 2)


def test_a_packed_file_that_breaks_off_is_refused_and_may_come_again(load):
    whole = gzip.compress("\n".join([events.HEADER, an_event().row()]).encode())
    batch = load("traffic", raw=whole[:-9])

    assert (batch.state, TrafficEvent.objects.count()) == (FeedBatch.State.REFUSED, 0)
    assert load("traffic", raw=whole).state == FeedBatch.State.DONE


def test_a_number_used_again_belongs_to_the_line_of_that_day(load, world):
    from lines.models import Line

    Line.objects.filter(pk=world.line_postpaid.pk).update(state="ceased", ceased_on=date(2026, 11, 10))
    heir = Line.objects.get(pk=world.line_postpaid.pk)
    heir.pk, heir.state, heir.ceased_on, heir.activated_on = None, "active", None, date(2026, 11, 12)
    heir.save()
    load("traffic", an_event(1, at=AT - timedelta(days=12)).row(), an_event(2).row())

    assert list(TrafficEvent.objects.order_by("at").values_list("line", flat=True)) == [
        world.line_postpaid.pk,
        heir.pk,
    ]


def test_a_line_that_moved_keeps_the_events_of_its_former_contract(load, world):
    from lines.models import Line, SimAssignment, SimCard

    sim = SimCard.objects.get(line=world.line_both)
    SimAssignment.objects.create(
        contract=world.a1, sim=sim, line=world.line_both, role="main",
        starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 15),
    )  # fmt: skip
    Line.objects.filter(pk=world.line_both.pk).update(contract=world.a2)
    batch = load("traffic", an_event(1, number=world.line_both.number, at=AT - timedelta(days=9)).row())

    assert counts(batch) == (1, 1, 0, 0)
    assert (LineDay.objects.get().contract, LineDay.objects.get().line) == (world.a1, world.line_both)


def test_many_lines_of_a_contract_are_read_at_once(load, world, monkeypatch):
    monkeypatch.setattr("billing.traffic.books.ASKED_ONE_BY_ONE", 1)
    batch = load(
        "traffic",
        an_event(1).row(),
        an_event(2, number=PREPAID).row(),
        an_event(3, number="3319999999").row(),
    )

    assert counts(batch) == (3, 2, 0, 1)


def test_upper_floors_hear_of_the_lines_and_days_touched(load, world, commit):
    heard = []

    def hear(sender, batch, touched, **kwargs):
        heard.append((batch.read, list(touched.lines), touched.days))

    traffic_ingested.connect(hear)
    try:
        with commit():
            load("traffic", an_event(1).row(), an_event(2, number=PREPAID, at=AT - timedelta(days=1)).row())
    finally:
        traffic_ingested.disconnect(hear)

    lines = sorted([world.line_postpaid.pk, world.line_prepaid.pk])
    assert heard == [(2, lines, (date(2026, 11, 18), date(2026, 11, 19)))]


def test_freshness_is_the_last_day_and_the_moment_of_loading(load, world, at):
    load("traffic", an_event(1).row())
    with at(2026, 11, 20, 11, 0):
        load("traffic", an_event(2, at=AT - timedelta(days=3)).row(), an_event(3, kind="Dati").row())

    voice, data = Freshness.objects.order_by("kind")
    assert (voice.last_day, voice.loaded_at) == (date(2026, 11, 19), datetime(2026, 11, 20, 11, tzinfo=UTC))
    assert (data.get_kind_display(), data.last_day) == ("Dati", date(2026, 11, 19))


@pytest.fixture
def in_small_parts(monkeypatch):
    """Every way the loader takes, in a few rows."""
    monkeypatch.setattr(loading, "PART", 700)
    monkeypatch.setattr(loading, "KEPT_CELLS", 50)
    monkeypatch.setattr(loading, "KEPT_REJECTS", 3)
    monkeypatch.setattr("billing.traffic.parsing.BLOCK", 16_000)


def test_parts_flushes_and_rejects_in_between_end_in_the_same_sums(world, tmp_path, in_small_parts):
    dice = random.Random(5)
    lines = [(A1, POSTPAID), (A1, PREPAID), (A1, world.line_both.number)]
    made = list(events.some(dice, 3_000, lines, AT - timedelta(days=20), 20 * 86_400))
    repeated = [*made[:2_000], *dice.sample(made[:2_000], 100), *made[2_000:]]
    rows = [event.row() for event in repeated]
    for place in range(100, 3_000, 137):
        rows.insert(place, "rotta")
    path = events.write(tmp_path / "file.csv", rows)
    batch = load_path(kind="traffic", path=path).batch

    broken = rows.count("rotta")
    assert counts(batch) == (3_100 + broken, 3_000, 100, broken)
    clean = events.write(tmp_path / "clean.csv", [event.row() for event in made])
    expected = events.recount([clean])
    assert events.stored(LineDay) == expected
    assert events.stored(LineMonth, "month") == events.by_month(expected)
    assert list(batch.rejects.values_list("line", flat=True)) == [
        n + 2 for n, row in enumerate(rows) if row == "rotta"
    ]


def test_a_run_that_dies_between_parts_is_taken_up_without_counting_twice(
    world, tmp_path, in_small_parts, monkeypatch
):
    made = list(events.some(random.Random(6), 2_000, [(A1, POSTPAID)], AT - timedelta(days=5), 86_400))
    path = events.write(tmp_path / "file.csv", [event.row() for event in made])
    whole, calls = loading.TrafficLoading._part, []

    def dying(self):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(self)

    monkeypatch.setattr(loading.TrafficLoading, "_part", dying)
    with pytest.raises(KeyboardInterrupt):
        load_path(kind="traffic", path=path)
    batch = load_path(kind="traffic", path=path).batch

    assert (batch.state, batch.created + batch.unchanged) == (FeedBatch.State.DONE, 2_000)
    assert events.stored(LineDay) == events.recount([path])


@pytest.mark.postgres
def test_a_closed_day_finds_the_events_of_a_line_through_an_index(load):
    from billing.traffic import partitions

    load("traffic", *[an_event(n, at=AT - timedelta(days=4)).row() for n in range(50)])
    assert partitions.close_days() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'billing_trafficevent_20261115'")
        assert any("(line_id, at)" in row[0] for row in cursor.fetchall())
    assert load("traffic", an_event(99, at=AT - timedelta(days=4)).row()).created == 1
    assert TrafficDay.objects.get().closed_at is not None


def test_the_key_of_an_event_is_held_by_the_database(load):
    load("traffic", an_event(1).row())
    with pytest.raises(IntegrityError):
        TrafficEvent.objects.bulk_create([TrafficEvent.objects.get()])
