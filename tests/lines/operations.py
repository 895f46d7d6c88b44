"""Walking through a guided request as a browser would, for the tests of operations."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.test import Client
from django.urls import reverse

from portal.jobs.services import work_all
from portal.operations.models import Draft, ServiceRequest


@dataclass
class Walk:
    """One person in one flow: `begin`, `post` step by step, `download` everything, `send`."""

    browser: Client
    flow: str
    namespace: str = "lines"
    draft: Draft | None = field(default=None)

    def url(self, view: str, **kwargs) -> str:
        return reverse(f"{self.namespace}:{self.flow}-{view}", kwargs={"draft": self.draft.pk, **kwargs})

    def begin(self, **params) -> Walk:
        answer = self.browser.get(reverse(f"{self.namespace}:{self.flow}"), params)
        assert answer.status_code == 302, answer.status_code
        self.draft = Draft.objects.filter(flow=self.flow).latest("created_at")
        return self

    def page(self, step: str = ""):
        answer = self.browser.get(self.url("step", step=step) if step else self.url("confirm"))
        assert answer.status_code == 200, (answer.status_code, answer.headers.get("Location"))
        return answer

    def html(self, step: str = "") -> str:
        return self.page(step).content.decode()

    def post(self, step: str, **data):
        return self.browser.post(self.url("step", step=step), {"action": "next", **data})

    def choose(self, *ids: int, step: str = "linee"):
        return self.post(step, shown=list(ids), lines=list(ids))

    def download(self) -> Walk:
        """Every document of the gate."""
        for row in self.page().context["documents"]:
            assert self.browser.get(row.url).status_code == 200
        return self

    def send(self):
        return self.browser.post(self.url("confirm"))

    @property
    def filed(self) -> list[ServiceRequest]:
        return list(ServiceRequest.objects.filter(draft=self.draft).order_by("pk"))

    def one(self) -> ServiceRequest:
        (request,) = self.filed
        return request


def work(commit=None) -> None:
    """What workers would do now."""
    work_all()


def went_on(answer) -> bool:
    """Was the step accepted?"""
    return answer.status_code == 302
