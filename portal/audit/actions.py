"""The actions that may appear in the register, each with the words a person reads."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from django.apps import apps
from django.urls import get_resolver
from django.utils.module_loading import autodiscover_modules

_labels: dict[str, object] = {}


def action(code: str, label) -> str:
    """Register an action code with its sentence and return the code. `code` is `app.object.verb`."""
    if code in _labels and str(_labels[code]) != str(label):
        raise ValueError(f"audit action {code} is registered twice")
    _labels[code] = label
    return code


def label_of(code: str):
    """The words of an action, also in a process (a worker, a command) that never came near the code it stands in."""
    if code not in _labels:
        _discover()
    return _labels.get(code, code)


def everything() -> dict[str, object]:
    """All actions of all applications."""
    _discover()
    return known()


@cache
def _discover() -> None:
    """Actions are declared beside the services that write them, or beside what addresses and tasks import."""
    autodiscover_modules("services", "tasks", "admin")
    get_resolver().url_patterns  # noqa: B018 - reading it imports them
    for config in apps.get_app_configs():
        services = getattr(config.module, "services", None)
        for module in iter_modules(getattr(services, "__path__", ())):
            import_module(f"{services.__name__}.{module.name}")


def known() -> dict[str, object]:
    return dict(_labels)
