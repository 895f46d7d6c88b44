"""Entering in a real browser: by keyboard alone, at a desk and on a phone, with a passkey and with an app."""

from __future__ import annotations

import re
import time
from base64 import b32decode

import pytest
from django.conf import settings
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential
from playwright.sync_api import expect

from portal.accounts import devices, risk
from tests.portal.accounts.entering import codes_sent, last_code
from tests.world import PASSWORD

WIDTHS = (1280, 360)


def type_password(page, user, password=PASSWORD) -> None:
    page.goto("/accedi/")
    page.locator("#id_username").focus()
    page.keyboard.type(user.username)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def go_in(page, user) -> None:
    type_password(page, user)
    page.wait_for_selector("#id_code")
    page.locator("#id_code").fill(last_code(user.mobile_number))
    page.keyboard.press("Enter")
    page.wait_for_url("**/home/")


def confirm_again(page, user) -> None:
    page.wait_for_url("**/verifica/")
    page.locator("#id_code").fill(last_code(user.mobile_number))
    page.keyboard.press("Enter")


def token(device: TOTPDevice) -> str:
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return f"{totp.token():06d}"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", (True, False), ids=("with scripts", "without scripts"))
def test_one_enters_by_keyboard_alone(width, scripts, open_page, world, axe, fits, no_csp_reports):
    page = open_page(width, java_script_enabled=scripts)

    def check():
        fits(page)
        if scripts:
            axe(page)

    type_password(page, world.employee, "Sbagliata-1")
    expect(page.locator("[role=alert]")).to_contain_text("Username o password non corretti")
    expect(page.locator("#id_username")).to_have_value("paolo.verdi")
    check()
    page.goto("/accedi/")
    check()
    type_password(page, world.employee)
    expect(page.locator("#id_code")).to_be_focused()
    check()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.locator(".pc-errors").first).to_be_visible()
    check()
    page.locator("#id_code").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(last_code(world.employee.mobile_number))
    page.keyboard.press("Enter")
    page.wait_for_url("**/home/")
    no_csp_reports(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_around_the_entrance_are_accessible(width, open_page, world, axe, fits, no_csp_reports):
    page = open_page(width)
    for address in ("/recupero/", "/recupero/username/", "/recupero/password/", "/recupero/entrambi/",
                    "/recupero/fatto/", "/accedi/?scaduta=1&next=/profilo/", "/recupero/nuova-password/x/y/"):  # fmt: skip
        page.goto(address)
        axe(page)
        fits(page)
    page.goto("/recupero/entrambi/")
    page.get_by_role("button", name="AVANTI").click()
    expect(page.locator(".pc-callout-danger")).to_be_visible()
    axe(page)
    for _try in range(5):
        type_password(page, world.employee, "Sbagliata-1")
        page.wait_for_selector(".pc-callout-danger, .pc-callout-warning")
    expect(page.locator("h1")).to_contain_text("bloccato")
    axe(page)
    fits(page)
    no_csp_reports(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_ones_own_data_are_accessible(
    width, open_page, world, browser_enter, axe, fits, no_csp_reports
):
    risk.hold(number=world.employee.mobile_number, reason="Cambio carta SIM")
    page = browser_enter(open_page(width), world.employee)
    for address in ("/profilo/", "/profilo/sicurezza/", "/profilo/privacy/", "/profilo/password/",
                    "/profilo/sicurezza/codici/"):  # fmt: skip
        page.goto(address)
        axe(page)
        fits(page)
    no_csp_reports(page)


@pytest.mark.accepts("A-B10-1")
@pytest.mark.parametrize("width", WIDTHS)
def test_an_app_is_added_from_what_the_page_shows(width, open_page, world, axe, fits, no_csp_reports):
    page = open_page(width)
    go_in(page, world.employee)
    page.goto("/profilo/sicurezza/")
    page.get_by_role("link", name="Aggiungi un'app di autenticazione").click()
    confirm_again(page, world.employee)
    page.wait_for_url("**/app/")
    axe(page)
    fits(page)
    secret = page.locator(".pc-secret").text_content().replace(" ", "")
    device = TOTPDevice.objects.get(user=world.employee)
    assert b32decode(secret) == device.bin_key
    page.locator("#id_code").fill(token(device))
    page.get_by_role("button", name="AGGIUNGI").click()
    page.wait_for_url("**/codici/")
    page.get_by_role("button", name="Crea 10 codici nuovi").click()
    expect(page.locator(".pc-codes li")).to_have_count(10)
    axe(page)
    fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Scarica").click()
    saved = download.value.path().read_text().split()
    assert saved == page.locator(".pc-codes code").all_text_contents()
    page.goto("/profilo/sicurezza/")
    axe(page)
    fits(page)
    no_csp_reports(page)


def test_the_desk_of_accounts_is_accessible(page, world, browser_enter, axe, no_csp_reports):
    browser_enter(page, world.supervisor)
    for address in ("/console/", "/console/accounts/user/", "/console/accounts/user/add/",
                    f"/console/accounts/user/{world.employee.pk}/change/"):  # fmt: skip
        page.goto(address)
        no_csp_reports(page)
        axe(page)
        page.said.clear()  # axe itself copies the style sheets that the admin imports
    page.goto("/console/accounts/user/")
    page.locator("input[name=_selected_action]").first.check()
    page.select_option("select[name=action]", "close")
    page.locator("button[name=index]").click()
    expect(page.locator("#id_reason")).to_be_visible()
    no_csp_reports(page)
    axe(page)


@pytest.mark.parametrize(("trigger", "polls"), [("every 100ms", True), ("click", False)])
def test_only_what_nobody_clicked_for_is_marked_as_polling(trigger, polls, page, world, browser_enter):
    browser_enter(page, world.employee)
    page.goto("/profilo/")
    with page.expect_request(lambda request: "hx-request" in request.headers) as asked:
        page.evaluate(
            """trigger => {
                document.querySelector("main").insertAdjacentHTML("afterbegin",
                    `<button id="probe" hx-get="/profilo/" hx-swap="none" hx-trigger="${trigger}">.</button>`);
                htmx.process(document.getElementById("probe"));
            }""",
            trigger,
        )
        page.locator("#probe").click()
    assert (asked.value.headers.get("x-poll") == "1") is polls


@pytest.fixture
def on_localhost(live_server, open_page):
    """Passkeys need a name: the same server, called localhost."""
    name = live_server.url.replace("127.0.0.1", "localhost")

    def opened(width=1280):
        page = open_page(width)
        page.goto_name = lambda path: page.goto(name + path)
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        return page

    return opened


@pytest.mark.accepts("A-B10-1")
def test_a_passkey_is_added_used_instead_of_sms_and_removed(on_localhost, world, axe, no_csp_reports):
    user, page = world.employee, on_localhost()
    page.goto_name("/accedi/")
    page.locator("#id_username").fill(user.username)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_code")
    page.locator("#id_code").fill(last_code(user.mobile_number))
    page.keyboard.press("Enter")
    page.wait_for_url("**/home/")

    page.goto_name("/profilo/sicurezza/passkey/")
    confirm_again(page, user)
    page.wait_for_url("**/passkey/")
    axe(page)
    page.locator("#passkey-register-button").click()
    page.wait_for_url("**/codici/")
    credential = WebAuthnCredential.objects.get(user=user)
    assert devices.methods_of(user) == (devices.Method.PASSKEY,)

    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    sent = codes_sent()
    page.goto_name("/accedi/?next=/profilo/sicurezza/")
    page.locator("#id_username").fill(user.username)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#passkey-verification-button")
    axe(page)
    page.locator("#passkey-verification-button").click()
    page.wait_for_url("**/profilo/sicurezza/")
    assert codes_sent() == sent, "no SMS"

    page.get_by_role("link", name=re.compile("Togli")).click()
    page.wait_for_url("**/verifica/")
    page.locator("#passkey-verification-button").click()
    page.wait_for_url("**/togli/**")
    page.get_by_role("button", name=re.compile("Togli")).click()
    page.wait_for_url("**/profilo/sicurezza/")
    assert not WebAuthnCredential.objects.filter(pk=credential.pk).exists()
    no_csp_reports(page)
