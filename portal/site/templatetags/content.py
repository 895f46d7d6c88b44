"""What staff wrote, as HTML that is ours."""

from django import template
from django.utils.html import format_html

from portal.site import markup as language

register = template.Library()


@register.filter
def markup(text: str, heading: int = 2):
    """`{{ news.body|markup }}`; titles become `<h2>`, or the level given."""
    return language.render(text, heading)


@register.filter
def breakable(address: str):
    """An e-mail address that may break after the «@», and only there if it fits."""
    name, at, host = str(address).partition("@")
    return format_html("{}{}<wbr>{}", name, at, host) if at else address
