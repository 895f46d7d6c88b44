"""What every step of a guided request is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


class Step:
    """One page of a flow."""

    name: str = ""  # in the address, and the key of its answers in the draft
    label: object = ""
    template: str = ""
    intro: str = ""  # a template drawn above the step: a warning, an explanation

    def __init__(self, flow):
        self.flow, self.draft, self.access = flow, flow.draft, flow.access

    @property
    def applies(self) -> bool:
        return True

    @property
    def done(self) -> bool:
        """Looked at again on every request: what was right yesterday may not be right today."""
        raise TypeError(f"{type(self).__name__} does not say when it is done")

    def context(self, request: HttpRequest) -> dict:
        return {}

    def recap(self) -> list[tuple[object, object]]:
        """(label, value) of what was answered, for the side of the later steps."""
        return []

    def partial(self, request: HttpRequest) -> HttpResponse | None:
        """An answer to a request for a part of the page."""
        return None

    def preset(self, request: HttpRequest) -> None:
        """What the address of the flow brings along, at its begin."""

    def save(self, request: HttpRequest) -> HttpResponse | bool:
        """Store what was posted. True goes on, False shows the page again (with its errors)."""
        raise TypeError(f"{type(self).__name__} does not store anything")
