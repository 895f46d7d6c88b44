"""The addresses of a flow."""

from __future__ import annotations

from django.urls import path

from portal.operations.choosing import LinesStep
from portal.operations.declare import Flow, Gate
from portal.operations.views.documents import Ask, Download, Printable
from portal.operations.views.imports import Import, ImportFile
from portal.operations.views.pages import Begin, Confirm, Discard, Outcome, StepPage


def flow_urls(flow: type[Flow], prefix: str = "") -> list:
    """Add them to the urlpatterns of an app: `urlpatterns += flow_urls(BlockSimFlow)`."""
    base = f"{prefix}{flow.name}/"
    given = {"flow": flow, "function": flow.function}
    one = f"{base}<uuid:draft>/"

    def at(address: str, view, name: str):
        return path(address, view.as_view(**given), name=f"{flow.name}-{name}" if name else flow.name)

    urls = [
        at(base, Begin, ""),
        at(f"{one}esito/", Outcome, "outcome"),
        at(f"{one}annulla/", Discard, "discard"),
    ]
    if flow.gate != Gate.PLAIN:
        urls += [at(f"{one}conferma/", Confirm, "confirm")]
    if flow.gate == Gate.DOCUMENTS:
        urls += [
            at(f"{one}documento/<slug:key>/", Download, "document"),
            at(f"{one}documento/<slug:key>/pagina/", Printable, "printable"),
            at(f"{one}documento/<slug:key>/prepara/", Ask, "ask"),
        ]
    if any(issubclass(step, LinesStep) and step.can_import() for step in flow.steps):
        urls += [
            at(f"{one}<slug:step>/elenco/", Import, "import"),
            at(f"{one}<slug:step>/elenco/<slug:what>.<slug:ending>", ImportFile, "import-file"),
        ]
    return [*urls, at(f"{one}<slug:step>/", StepPage, "step")]
