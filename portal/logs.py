"""What the log may hold: never a code, a password, a whole number, an IBAN, a tax code or an e-mail address.

Everything that is logged, by us (structlog) or by a library (logging), passes through one formatter; just before
it is written, every text in it is scrubbed, tracebacks included. People are told by their id, requests and tasks
by theirs.
"""

from __future__ import annotations

import re

import structlog

MASK = "***"
# Written by ourselves or by the framework, never by a person: left as they are.
_KEPT = frozenset(
    {"timestamp", "level", "logger", "request_id", "task_id", "parent_task_id", "child_task_id", "seal"}
)
_KEPT_NUMBERS = frozenset({"user_id", "pid", "job", "message", "lines", "first_id", "last_id"})
# Whatever stands under these names is nobody's business, whole.
_SECRET = frozenset(
    {"password", "otp", "token", "secret", "pin", "puk", "iban", "authorization", "cookie", "text", "html"}
    | {"body", "recipient", "email", "tax_code", "payload", "ip", "user_agent"}
)

_PATTERNS = (
    (re.compile(r"(?<=/)[\w-]{32,}"), MASK),  # personal links: whoever reads one could use it
    (
        re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"),
        MASK,
    ),
    # Tax codes of persons, with the letters that stand for digits in case of namesakes.
    (re.compile(r"[A-Z]{6}[\dLMNP-V]{2}[A-Z][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]", re.IGNORECASE), MASK),
    (re.compile(r"(?<=/)\?[^\s'\"]+"), "?" + MASK),  # what was asked for after an address of ours
    # Personal links: a long piece of an address with figures in it (files of a traceback are left).
    (re.compile(r"(?<=/)(?=[^/\s'\"]*\d)(?![^/\s'\"]*\.py\b)[^/\s?'\"]{16,}"), MASK),
    (re.compile(r"[\w.+'-]+(?:@|%40)(?=[\w-]+\.[\w.-]+)"), MASK + "@"),
    # Telephone numbers as people group them.
    (re.compile(r"(?<!\d)(?:\+?39[ .-]?)?3\d{2}[ .-]?\d{3}[ .-]?\d{4}(?!\d)"), MASK),
    (re.compile(r"\d{5,}"), MASK),  # codes, numbers, cards, ICCIDs, PUKs
    (re.compile(r"(?i)\b(password|pin|puk|token|otp)(\s*[=:]\s*)\S+"), r"\1\2" + MASK),
)


def scrub(text: str) -> str:
    """The text without anything that tells of a person."""
    for pattern, words in _PATTERNS:
        text = pattern.sub(words, text)
    return text


def private(logger, method: str, event: dict) -> dict:
    """The last step before a line is written: no value leaves unscrubbed."""
    return {name: value if name in _KEPT else _scrubbed(name, value) for name, value in event.items()}


def _scrubbed(name: str, value):
    if name.lower() in _SECRET:
        return MASK
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10_000 or name in _KEPT_NUMBERS else MASK
    if isinstance(value, dict):
        return {scrub(str(key)): _scrubbed(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_scrubbed(name, item) for item in value]
    return scrub(str(value))


_SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def formatter(*, as_json: bool) -> structlog.stdlib.ProcessorFormatter:
    """Renders lines of structlog and of the standard library alike."""
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            private,
            renderer,
        ],
    )


def setup(*, as_json: bool, level: str) -> dict:
    """Configures structlog and returns Django's `LOGGING`."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    through_root = {"handlers": [], "propagate": True, "level": "INFO"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"portal": {"()": "portal.logs.formatter", "as_json": as_json}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "portal"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django hangs handlers of its own on these, which would write past our formatter.
            "django": through_root,
            "django.server": through_root,
            # At DEBUG these print what they carry: the text of messages, byte by byte.
            "smpp": {"level": "WARNING"},
            "urllib3": {"level": "INFO"},
        },
    }
