"""Builders for the employee's own usage."""

from __future__ import annotations

import re
from datetime import date

from django.utils.html import strip_tags

from lines.models import DualBilling


def with_dual_billing(line, *, since=date(2026, 1, 1), **values) -> DualBilling:
    """TIM TUO active on the line."""
    defaults = {"contract": line.contract, "number": line.number, "billing_type": line.billing_type}
    return DualBilling.objects.create(line=line, activated_on=since, **(defaults | values))


def words(response) -> str:
    """What is written inside the page, without its frame."""
    assert response.status_code == 200, response.status_code
    html = response.content.decode()
    inside = re.sub(r"<(td|th|dt|dd|li|p|h2)\b", r" <\1", html[html.index("<main") : html.index("</main>")])
    return " ".join(strip_tags(inside).split())


def rows(response, table: int = 0) -> list[list[str]]:
    """The cells of the nth table."""
    html = response.content.decode()
    body = re.findall(r"<tbody>(.*?)</tbody>", html[html.index("<main") :], re.DOTALL)[table]
    return [
        [" ".join(strip_tags(cell).split()) for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def headers(response, table: int = 0) -> list[str]:
    html = response.content.decode()
    head = re.findall(r"<thead[^>]*>(.*?)</thead>", html[html.index("<main") :], re.DOTALL)[table]
    return [" ".join(strip_tags(cell).split()) for cell in re.findall(r"<th .*?</th>", head, re.DOTALL)]
