"""Charts as declarations: figures in, a drawing on the server out.

    Trend(title=_("Spesa"), labels=months, series=[Series(_("Netto"), values)], unit="€", places=2)

`{% chart it %}` in a template draws it: text alternative, legend, table with the same figures. Nothing here knows HTML;
positions are percentages, so the drawing fills its box while letters keep their size, on phones too.
"""

from portal.charts.bars import Gauge, Ranking
from portal.charts.base import (
    BESIDE,
    NOWHERE,
    UNDER,
    Bar,
    Chart,
    Mark,
    Series,
    as_many_as_colours,
    colour,
    ticks,
)
from portal.charts.plots import LETTERS, Columns, Piles, Plot, Trend

__all__ = [
    "BESIDE",
    "LETTERS",
    "NOWHERE",
    "UNDER",
    "Bar",
    "Chart",
    "Columns",
    "Gauge",
    "Mark",
    "Piles",
    "Plot",
    "Ranking",
    "Series",
    "Trend",
    "as_many_as_colours",
    "colour",
    "ticks",
]
