"""What a reader chose for a list, kept in the session once read: no page pays a statement for it twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import HttpRequest

from portal.lists.models import ListPreference

SESSION_KEY = "lists"


@dataclass(frozen=True, slots=True)
class Preference:
    columns: list[str] | None = None  # names; None: as declared
    page_size: int | None = None


def preference_of(request: HttpRequest, list_key: str) -> Preference:
    known = request.session.get(SESSION_KEY, {})
    if list_key not in known:
        row = ListPreference.objects.filter(user=request.user, list_key=list_key).first()
        kept = Preference(row.columns, row.page_size) if row else Preference()
        known = request.session[SESSION_KEY] = known | {list_key: asdict(kept)}
    return Preference(**known[list_key])


def forget(request: HttpRequest, list_key: str) -> None:
    """Read it again: it has changed."""
    known = request.session.get(SESSION_KEY, {})
    request.session[SESSION_KEY] = {key: value for key, value in known.items() if key != list_key}
