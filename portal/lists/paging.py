"""Pages that cost the same wherever they lie."""

from __future__ import annotations

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import QuerySet

DEEP = 1000  # rows skipped before the page; up to there a plain offset is as fast


class ListPaginator(Paginator):
    """Knows its count beforehand; a page number that makes no sense leads to the nearest that does."""

    def __init__(self, rows, per_page: int, count: int):
        super().__init__(rows, per_page, allow_empty_first_page=True)
        self.count = count

    def nearest(self, number):
        try:
            return self.page(number)
        except PageNotAnInteger:
            return self.page(1)
        except EmptyPage:
            below = str(number).lstrip().startswith(("-", "0"))
            return self.page(1 if below else self.num_pages)


def rows_between(queryset, start: int, stop: int, count: int) -> list:
    """The rows of one page. Far pages take their keys from the index first, from the nearer end, then the rows."""
    if start < DEEP or not is_joinable(queryset):
        return list(queryset[start:stop])
    keys = _keys(queryset, start, stop, count)
    found = {row.pk: row for row in queryset.filter(pk__in=keys).order_by()}
    return [found[key] for key in keys if key in found]


def _keys(queryset: QuerySet, start: int, stop: int, count: int) -> list:
    stop = min(stop, count)
    keys = queryset.values_list("pk", flat=True)
    if start <= count // 2:
        return list(keys[start:stop])
    return list(keys.reverse()[count - stop : count - start])[::-1]


def is_joinable(queryset) -> bool:
    """Rows that have a key of their own: no groups, no values, no unions."""
    return (
        isinstance(queryset, QuerySet)
        and not queryset.query.combinator
        and queryset._fields is None
        and queryset.query.group_by is None
        and not queryset.query.distinct
    )
