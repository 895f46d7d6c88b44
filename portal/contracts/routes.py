"""Every address of the portal and the function it serves: read by the command `functions` and by the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Route:
    name: str  # "billing:invoice", as `reverse` takes it; empty for a nameless pattern
    path: str
    arguments: tuple[str, ...]
    function: str  # empty where the view states none
    view: object = field(default=None, compare=False, repr=False)

    @property
    def namespace(self) -> str:
        return self.name.partition(":")[0] if ":" in self.name else ""


def every_route(resolver: URLResolver | None = None) -> Iterator[Route]:
    """All patterns below a resolver, those of included modules too."""
    yield from _walk(resolver or get_resolver(), (), "", ())


def _walk(resolver: URLResolver, namespaces: tuple[str, ...], prefix: str, above: tuple[str, ...]):
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        arguments = (*above, *_arguments(pattern.pattern))
        if isinstance(pattern, URLPattern):
            name = ":".join((*namespaces, pattern.name)) if pattern.name else ""
            yield Route(name, path, arguments, function_of(pattern.callback), pattern.callback)
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern, inner, path, arguments)


def _arguments(pattern) -> tuple[str, ...]:
    return tuple(getattr(pattern, "converters", None) or pattern.regex.groupindex)


def function_of(view) -> str:
    """The function a view serves: stated by `@serves`, by its class, or where it is mounted."""
    stated = getattr(view, "view_initkwargs", {}).get("function")
    return (
        stated or getattr(view, "function", "") or getattr(getattr(view, "view_class", None), "function", "")
    )
