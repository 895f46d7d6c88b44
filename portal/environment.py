"""Typed reading of the environment. A bad value stops the start with a sentence, never with a traceback riddle."""

from __future__ import annotations

import os

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on", "si", "sì"}
_FALSE = {"0", "false", "no", "off", ""}
_MISSING = object()


def text(name: str, default=_MISSING) -> str:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is _MISSING:
        raise ImproperlyConfigured(f"{name} is required: set it in the environment (see deploy/env.example).")
    return default


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}: «{value}» is neither yes nor no (use 1 or 0).")


def number(name: str, default: int, *, at_least: int = 0) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}: «{value}» is not a whole number.") from None
    if result < at_least:
        raise ImproperlyConfigured(f"{name}: {result} is below {at_least}.")
    return result


def choice(name: str, choices: tuple[str, ...], default: str) -> str:
    value = os.environ.get(name, "").strip() or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name}: «{value}» is not one of {', '.join(choices)}.")
    return value


def items(name: str, default: list[str] | None = None) -> list[str]:
    value = os.environ.get(name, "")
    return [item.strip() for item in value.split(",") if item.strip()] or (default or [])


def database(name: str, default: str) -> dict:
    value = os.environ.get(name, "").strip() or default
    try:
        config = environ.Env.db_url_config(value)
    except Exception as error:
        raise ImproperlyConfigured(
            f"{name}: «{_without_password(value)}» is not a database address."
        ) from error
    if not config.get("ENGINE"):
        raise ImproperlyConfigured(f"{name}: «{_without_password(value)}» names no known database.")
    return config


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.split('://')[0]}://…@{tail}" if at else url
