"""Storing what a request is about: by batches, or by one statement where all objects are alike."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.db import connection
from django.db.models import BooleanField, CharField, F, JSONField, Max, Min, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from portal.operations.declare import Item, Refusal, Subjects
from portal.operations.models import RequestItem, ServiceRequest

BATCH = 2000
COLUMNS = ("request_id", "kind", "subject_id", "label", "line_number", "values", "state", "error", "holds")


class AlreadyOpen(Refusal):
    """The same operation is still open on the same object (S-28)."""

    def __init__(self, number: str, label: str):
        self.number, self.label = number, label
        super().__init__(
            _("Per %(object)s c'è già una richiesta aperta dello stesso tipo: la pratica %(number)s.")
            % {"object": label or _("questo oggetto"), "number": number}
        )


def store_items(request: ServiceRequest, items: Iterable[Item] | Subjects, *, holds: bool) -> tuple[int, str]:
    """Store them; returns how many, and the number of the line when there is only one."""
    if isinstance(items, Subjects):
        _store_alike(request, items, holds)
    else:
        _store_each(request, items, holds)
    stored = request.items.aggregate(first=Min("line_number"), last=Max("line_number"))
    count = request.items.count()
    return count, stored["last"] if stored["first"] == stored["last"] and count else ""


def _store_each(request: ServiceRequest, items: Iterable[Item], holds: bool) -> None:
    source = iter(items)
    while batch := list(islice(source, BATCH)):
        if holds:
            _refuse_open(request, [item.subject_id for item in batch if item.subject_id is not None])
        RequestItem.objects.bulk_create(
            RequestItem(
                request=request,
                kind=request.kind,
                subject_id=item.subject_id,
                label=item.label,
                line_number=item.line_number,
                values=item.values,
                holds=holds and item.subject_id is not None,
            )
            for item in batch
        )


def _store_alike(request: ServiceRequest, subjects: Subjects, holds: bool) -> None:
    if holds:
        _refuse_open(request, subjects.queryset.order_by().values("pk"))
    rows = subjects.queryset.order_by("pk").annotate(
        of_request=Value(request.pk),
        of_kind=Value(request.kind),
        shown=Cast(F(subjects.label), CharField(max_length=80)),
        on_line=Cast(F(subjects.line_number), CharField(max_length=10))
        if subjects.line_number
        else Value(""),
        with_values=Value(subjects.values, JSONField()),
        to_work=Value(RequestItem.State.WAITING.value),
        no_error=Value(""),
        is_held=Value(holds, BooleanField()),
    )
    select, params = rows.values_list(
        "of_request", "of_kind", "pk", "shown", "on_line", "with_values", "to_work", "no_error", "is_held"
    ).query.get_compiler(connection=connection).as_sql()  # fmt: skip
    names = ", ".join(map(connection.ops.quote_name, COLUMNS))
    table = connection.ops.quote_name(RequestItem._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {select}", params)


def _refuse_open(request: ServiceRequest, subject_ids) -> None:
    other = (
        RequestItem.objects.filter(kind=request.kind, holds=True, subject_id__in=subject_ids)
        .exclude(request=request)
        .select_related("request")
        .first()
    )
    if other is not None:
        raise AlreadyOpen(other.request.number, other.label)
