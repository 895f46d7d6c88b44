"""The house keeps its own rules. Exceptions are named here, each with its reason."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.house import floors, rules

ROOT = Path(__file__).resolve().parent.parent
CODE = ("portal", "lines", "billing", "thresholds", "support")
SELF = ("tests/house/", "tests/test_house.py")

# rule → path (or the beginning of one) → why it may
EXCEPTIONS: dict[str, dict[str, str]] = {
    "own_clock": {"portal/clock.py": "it is the clock"},
    "reads_environment": {
        "portal/environment.py": "it is where the environment is read",
        "portal/celery.py": "names the settings before they can be read",
        "portal/wsgi.py": "names the settings before they can be read",
        "portal/asgi.py": "names the settings before they can be read",
        "portal/demo/": "hands its own environment to the processes it starts",
    },
    "sends_by_itself": {"portal/outbox/": "it is the outbox"},
    "rings_by_itself": {"portal/jobs/": "it is the bell", "portal/outbox/": "rows of its own"},
    "long_file": {"portal/settings.py": "a setting is looked for in one place"},
    "inline_code": {
        "templates/email/": "mail programs know no style sheets",
        "templates/django/forms/": "help texts are written here, as Django means them, never typed by anybody",
    },
    "unfinished": {},
    "of_a_machine": {},
    "long_functions": {},
    "long_template": {},
}


NOT_OURS = {".venv", ".git", "var", "build", "node_modules"}


def everything() -> list[str]:
    """Files that git knows or would know; without git, whatever lies here."""
    try:
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    except (FileNotFoundError, subprocess.CalledProcessError):
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return [str(path) for path in found if path.parts[0] not in NOT_OURS]


def files(*suffixes: str, under: tuple[str, ...] = ()) -> list[str]:
    return sorted(
        {
            path
            for path in everything()
            if path.endswith(suffixes)
            and (not under or path.split("/")[0] in under)
            and "/migrations/" not in path
            and not path.startswith(SELF)
            and (ROOT / path).is_file()
        }
    )


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def broken(rule, paths: list[str]) -> list[str]:
    """Files that break a rule without leave."""
    allowed = tuple(EXCEPTIONS[rule.__name__])
    return [
        f"{path}: {fault}"
        for path in paths
        if not (allowed and path.startswith(allowed))
        for fault in rule(read(path))
    ]


PYTHON = files(".py", under=CODE)
TEMPLATES = files(".html", under=("templates", *CODE))
TEXTS = files(
    ".py", ".html", ".txt", ".md", ".toml", ".yml", ".js", ".css", ".subject", ".example", "Makefile", "run"
)


def test_imports_run_downwards():
    climbs = [
        f"{path}: {fault}"
        for path in PYTHON
        for fault in floors.climbing(path.removesuffix(".py").replace("/", "."), read(path))
    ]

    assert climbs == []


@pytest.mark.parametrize(
    "rule",
    [
        rules.own_clock,
        rules.reads_environment,
        rules.sends_by_itself,
        rules.rings_by_itself,
        rules.long_functions,
        rules.long_file,
    ],
    ids=lambda rule: rule.__name__,
)
def test_code_keeps_the_rule(rule):
    assert broken(rule, PYTHON) == []


@pytest.mark.parametrize("rule", [rules.inline_code, rules.long_template], ids=lambda rule: rule.__name__)
def test_templates_keep_the_rule(rule):
    assert broken(rule, TEMPLATES) == []


@pytest.mark.parametrize("rule", [rules.unfinished, rules.of_a_machine], ids=lambda rule: rule.__name__)
def test_every_text_keeps_the_rule(rule):
    assert broken(rule, TEXTS) == []


def test_exceptions_are_still_needed():
    known = [*PYTHON, *TEMPLATES]
    for rule, paths in EXCEPTIONS.items():
        for path in paths:
            concerned = [name for name in known if name.startswith(path)]
            assert concerned, f"{rule}: {path} is no longer there"


# Each rule against a text that breaks it: a rule that sees nothing would be obeyed by everybody.
BAD = [
    (rules.own_clock, "from django.utils import timezone\nx = timezone.now()\n"),
    (rules.own_clock, "x = datetime.now(UTC)\n"),
    (rules.own_clock, "x = date.today()\n"),
    (rules.reads_environment, "import os\nx = os.environ['A']\n"),
    (rules.sends_by_itself, "from django.core.mail import send_mail\n"),
    (rules.sends_by_itself, "import smpplib.client\n"),
    (rules.rings_by_itself, "work.delay(1)\n"),
    (rules.long_functions, "def long():\n" + "    x = 1\n" * 60),
    (rules.long_file, "x = 1\n" * 401),
    (rules.long_template, "<p></p>\n" * 81),
    (rules.inline_code, "<p style='color: red'>"),
    (rules.inline_code, "<style>p {}</style>"),
    (rules.inline_code, "<script>go()</script>"),
    (rules.inline_code, '<a onclick="go()">'),
    (rules.inline_code, "{{ text|safe }}"),
    (rules.unfinished, "# TO" + "DO later"),
    (rules.of_a_machine, "see /work" + "/main/x"),
]


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_a_rule_sees_what_it_forbids(rule, text):
    assert rule(text)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (rules.own_clock, "from portal import clock\nx = clock.now()\n"),
        (rules.inline_code, '<script src="/static/portal/portal.js" defer></script>'),
        (rules.inline_code, "<input name='only' data-on='1'>"),
        (rules.long_functions, "def short():\n" + "    x = 1\n" * 59),
    ],
)
def test_a_rule_leaves_alone_what_is_right(rule, text):
    assert rule(text) == []


@pytest.mark.parametrize(
    ("module", "text", "climbs"),
    [
        ("portal.audit.services", "from portal.accounts.models import User", True),
        ("portal.audit.services", "from portal import accounts", True),
        ("portal.jobs.services", "def f():\n    import lines.models\n", True),
        ("portal.site.views", "from portal.demo import people", True),
        ("billing.models", "from support import models", True),
        ("portal.cellar", "", True),
        ("billing.models", "from lines.models import Line\nfrom portal import clock", False),
        ("portal.urls", "from billing import urls", False),
    ],
)
def test_floors_tell_up_from_down(module, text, climbs):
    assert bool(floors.climbing(module, text)) is climbs
