"""What the own usage brings to the home page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from billing.models import Kind
from billing.own import figures, periods, words
from portal.site.registry import Figure, figure


@figure("9.2.2")
def data_of_the_month(access) -> Figure | None:
    if access.own_line is None:
        return None
    used = figures.usage(access, periods.month(0)).of((Kind.DATA,))
    return Figure(words.data(used.volume), _("di dati in questo mese"))
