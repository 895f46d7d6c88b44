"""The day at the desk, for the first page of the console."""

from __future__ import annotations

from django import template

from portal.site.desk import cards

register = template.Library()


@register.simple_tag
def day_figures(user) -> list[tuple]:
    return cards.figures_of(user)
