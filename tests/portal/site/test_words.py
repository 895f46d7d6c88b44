"""The small words of the templates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from lines.models import LineState
from portal.site.states import erosion_tone, state_of


def written(source: str, **context) -> str:
    return Template(source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("source", "value", "words"),
    [
        ("{{ v|euro }}", Decimal("12345678.905"), "12.345.678,91 €"),
        ("{{ v|euro }}", Decimal("-0.5"), "-0,50 €"),
        ("{{ v|euro:4 }}", Decimal("0.0123"), "0,0123 €"),
        ("{{ v|euro }}", None, ""),
        ("{{ v|number }}", 1234567, "1.234.567"),
        ("{{ v|number:2 }}", Decimal("1.5"), "1,50"),
        ("{{ v|number }}", "n.d.", "n.d."),
        ("{{ v|mask }}", "3312547228", "•••••••228"),
        ("{{ v|mask:4 }}", "IT60X0542811101000000123456", "•" * 23 + "3456"),
        ("{{ v|phone }}", "40134", "40134"),
        ("{{ v|phone }}", "<b>", "&lt;b&gt;"),
    ],
)
def test_figures_are_written_as_the_catalogue_wants(source, value, words):
    assert written(source, v=value) == words


def test_a_figure_is_written_the_same_in_english():
    with translation.override("en"):
        assert written("{{ v|euro }}", v=Decimal("1234.5")) == "1.234,50 €"


def test_a_phone_number_is_grouped_for_the_eye_and_whole_for_the_clipboard():
    html = written("{{ v|phone }}", v="3312547228")
    assert 'data-number="3312547228"' in html
    assert "<span>331</span><span>254</span><span>7228</span>" in html


def test_an_instant_is_told_on_the_clock_of_rome_with_its_distance_as_a_tooltip(at):
    with at(2026, 11, 20, 9, 30):
        html = written("{{ v|datetime_it }}", v=datetime(2026, 11, 16, 23, 30, tzinfo=UTC))
        assert ">17/11/2026 00:30</time>" in html
        assert 'title="3\xa0giorni fa"' in html
        assert ">17/11/2026</time>" in written(
            "{{ v|date_it }}", v=datetime(2026, 11, 16, 23, 30, tzinfo=UTC)
        )


@pytest.mark.parametrize(
    ("day", "words"),
    [(20, "oggi"), (21, "domani"), (19, "ieri"), (17, "3 giorni fa"), (25, "tra 5 giorni")],
)
def test_a_day_is_told_by_its_distance(at, day, words):
    with at(2026, 11, 20, 9, 30):
        assert written("{{ v|since }}", v=date(2026, 11, day)) == words


def test_nothing_is_written_for_an_unknown_date():
    assert written("{{ v|date_it }}{{ v|datetime_it }}{{ v|since }}", v=None) == ""


@pytest.mark.parametrize(("hour", "words"), [(6, "Buongiorno"), (13, "Buon pomeriggio"), (19, "Buonasera")])
def test_the_greeting_follows_the_time_of_day_in_rome(at, hour, words):
    with at(2026, 11, 20, hour, 0):
        assert written("{% greeting %}") == words


def test_a_state_has_one_colour_one_icon_and_one_word():
    html = written("{% badge state %}", state=LineState.SUSPENDED)
    assert "pc-badge-warn" in html and "#it-warning-circle" in html and "SOSPESO" in html
    assert html == written("{% badge 'suspended' %}") == written("{% badge 'SOSPESO' %}")


def test_an_unknown_state_keeps_its_word_and_stays_grey():
    assert (state_of("mai visto").word, state_of("mai visto").tone) == ("mai visto", "off")


def test_every_state_of_a_line_has_its_sign():
    assert [state_of(state).word for state in LineState] == [state.label for state in LineState]


@pytest.mark.parametrize(
    ("percent", "tone"), [(79.9, "ok"), (80, "warn"), (99.9, "warn"), (100, "bad"), (134, "bad")]
)
def test_erosion_is_green_amber_or_red(percent, tone):
    assert erosion_tone(percent) == tone


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in written("{% icon 'it-user' %}")
    assert 'role="img" aria-label="Utente"' in written("{% icon 'user' label='Utente' %}")


def test_what_is_written_into_a_page_is_escaped():
    html = written(
        "{% callout title=bad %}{{ bad }}{% endcallout %}{% copy bad %}{% badge bad %}", bad="<script>"
    )
    assert "<script>" not in html
