"""A real Chromium over a live server.

`page` is 1280 px wide and `phone` 360; `open_page(width, **context)` makes others. Each remembers what the
console said. `axe(page)`, `no_csp_reports(page)`, `fits(page)` fail with what they found.
"""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

# Playwright's synchronous face runs inside an event loop; the ORM of the fixtures would refuse to work there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--no-first-run",
)
DESKTOP, PHONE = 1280, 360
PATIENCE = 20_000  # milliseconds: what is waited for comes, however busy the machine is
expect.set_options(timeout=PATIENCE)
STILL = """() => Promise.allSettled(
    document.getAnimations().filter((a) => a.effect.getComputedTiming().endTime < Infinity).map((a) => a.finished)
)"""


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: browser tests must run here", pytrace=False)
        pytest.skip("no Chromium on this machine")
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": list(QUIET)}


@pytest.fixture
def open_page(browser, live_server):
    """`open_page(360, java_script_enabled=False)`: a browser of its own, relative to the live server."""
    contexts = []

    def opened(width: int = DESKTOP, height: int = 900, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            base_url=live_server.url,
            locale="it-IT",
            timezone_id="Europe/Rome",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(f"error: {error}"))
        return page

    yield opened
    for context in contexts:
        context.close()
    _wait_for_the_server()


def _wait_for_the_server() -> None:
    """What a page asked for last may still be worked at, and the database is about to be emptied."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(PATIENCE / 1000)


@pytest.fixture
def page(open_page):
    return open_page(DESKTOP)


@pytest.fixture
def phone(open_page):
    return open_page(PHONE, 780)


@pytest.fixture
def browser_enter(enter, live_server):
    """`browser_enter(page, user)`: from here on the page belongs to that person, with the second factor done."""

    def entered(page, user):
        client = enter(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": live_server.url}]
        )
        return page

    return entered


@pytest.fixture
def axe():
    """`axe(page)` asserts that the page has no accessibility violation."""

    def check(page, **options):
        page.wait_for_load_state()  # a click returns when the next page begins
        page.evaluate(STILL)  # a colour half way to another is nobody's choice
        result = Axe().run(page, **options)
        assert result.violations_count == 0, result.generate_report()

    return check


@pytest.fixture
def no_csp_reports():
    """`no_csp_reports(page)` asserts that nothing was blocked and no script failed."""

    def check(page):
        bad = [text for text in page.said if "Content Security Policy" in text or text.startswith("error: ")]
        assert bad == []

    return check


@pytest.fixture
def fits():
    """`fits(page)` asserts that the page does not scroll sideways."""

    def check(page):
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert too_wide <= 0, f"the page is {too_wide} px too wide"

    return check
