"""The settings an installation starts from: the example of `deploy/`, read in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from billing import sealing

ROOT = Path(__file__).resolve().parents[2]
SHOWN = (
    "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME", "DEVICE_COOKIE_NAME",
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY", "LANGUAGE_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "LANGUAGE_COOKIE_SAMESITE",
    "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT", "DEBUG", "MESSAGE_STORAGE",
    "PASSWORD_HASHERS", "INSTALLED_APPS", "PAYMENTS", "OUTBOX",
)  # fmt: skip
REQUIRED = ("PORTAL_SECRET_KEY", "PORTAL_HOSTS", "PORTAL_DATABASE_URL", "PORTAL_REDIS_URL")


def example() -> dict[str, str]:
    lines = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    return {name: value.strip('"') for name, value in pairs}


def start(code: str, folder: Path, **values) -> subprocess.CompletedProcess:
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings", "PORTAL_VAR": str(folder)}
    env |= {name: value for name, value in values.items() if name != "PORTAL_VAR"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def production(tmp_path_factory) -> dict:
    code = (
        "import json; from django.conf import settings as s; "
        f"print(json.dumps({{n: getattr(s, n) for n in {SHOWN!r}}}, default=str))"
    )
    said = start(code, tmp_path_factory.mktemp("var"), **example())
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout.splitlines()[-1])


def test_production_keeps_cookies_to_itself_and_speaks_tls_alone(production):
    for name in SHOWN:
        if name.endswith("COOKIE_NAME"):
            assert production[name].startswith("__Host-"), name
        elif name.endswith(("_SECURE", "_HTTPONLY", "SUBDOMAINS", "REDIRECT")):
            assert production[name] is True, name
        elif name.endswith("SAMESITE"):
            assert production[name] == "Lax", name
    assert production["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert production["MESSAGE_STORAGE"].endswith("SessionStorage")


def test_production_cannot_be_debugged(tmp_path):
    code = "from django.conf import settings; print(settings.DEBUG)"
    assert start(code, tmp_path, **example(), PORTAL_DEBUG="1").stdout.strip() == "False"


def test_production_has_no_demo(production):
    assert "portal.demo" not in production["INSTALLED_APPS"]
    assert "demo" not in json.dumps([production["OUTBOX"], production["PAYMENTS"]["providers"]])


def test_production_hashes_passwords_with_argon2(production):
    assert production["PASSWORD_HASHERS"][0] == "portal.accounts.hashers.Argon2Hasher"
    assert not [hasher for hasher in production["PASSWORD_HASHERS"] if "MD5" in hasher]


@pytest.mark.parametrize("missing", REQUIRED)
def test_production_starts_with_nothing_missing(tmp_path, missing):
    code = "from django.conf import settings; settings.DEBUG"
    said = start(code, tmp_path, **{name: value for name, value in example().items() if name != missing})
    assert said.returncode != 0 and missing in said.stderr


def test_a_changed_box_does_not_open():
    box = sealing.seal({"iban": "IT60X0542811101000000123456"})
    assert sealing.unseal(box)["iban"].startswith("IT60")
    for position in range(1, len(box), 7):
        other = "A" if box[position] != "A" else "B"
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(box[:position] + other + box[position + 1 :])
