"""Everything customer service knows of a line, a person or a contract, on one page with one timeline.

Each app may have a module `desk`, imported when the portal starts; it hangs up what it knows:

    @card("linea", "lines.view_line")
    def line_card(key): …                      # a Card, or None

    @moments("operations.view_servicerequest")
    def requests(card, before): …              # yields Moments, newest first, older than `before`

    @box("thresholds.view_threshold")
    def limits(card): …                        # a Box beside the timeline, or None
"""

from portal.site.desk.cards import MOMENTS, Box, Card, Found, Link, Moment, box, card, figure, finder, moments

__all__ = [
    "MOMENTS", "Box", "Card", "Found", "Link", "Moment", "box", "card", "figure", "finder", "moments",
]  # fmt: skip
