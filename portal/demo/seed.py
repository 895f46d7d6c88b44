"""The invented world: loaded once, through the same services and files as the real one."""

from __future__ import annotations

import csv
import random
import tempfile
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection

from portal import clock
from portal.accounts import terms
from portal.accounts.models import Acceptance, User
from portal.accounts.staff import ensure_staff_groups
from portal.contracts.feeds import services as feeds
from portal.contracts.models import FrameworkAgreement, Organization
from portal.demo import (
    cost_centres,
    help,
    invoices,
    operations,
    price_list,
    requests,
    service_messages,
    site_content,
    tem,
    thresholds,
    tim_tuo,
    top_ups,
    traffic,
)
from portal.demo.inventory import PLANS, Inventory
from portal.demo.names import organization_code, person
from portal.demo.people import BODIES, PEOPLE, Body, DemoPerson, email_of
from portal.site.content import ensure_content

REGISTERED = datetime(2026, 3, 2, 9, 30, tzinfo=clock.ROME)


def demo_people() -> tuple[DemoPerson, ...]:
    return PEOPLE


def load() -> None:
    """Build the world. Safe to run twice: every file is known by its contents."""
    ensure_content()
    ensure_staff_groups()
    site_content.make()
    FrameworkAgreement.objects.get_or_create(
        number=8, defaults={"name": "Convenzione Telefonia Mobile 8", "offer_type": "CONVENZIONE PA 8"}
    )
    price_list.make()
    with tempfile.TemporaryDirectory() as folder:
        _load_files(Path(folder))
    _register_people()
    operations.make()
    requests.make()
    help.make()
    top_ups.make()
    tim_tuo.make()
    service_messages.make()
    tem.make()
    with tempfile.TemporaryDirectory() as folder:
        thresholds.make(_sender(Path(folder)))
    _know_the_figures()


def _know_the_figures() -> None:
    """SQLite chooses its ways by guessing until it has looked at the tables; PostgreSQL looks by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")


# --- Files of the operator --------------------------------------------------------------------------------------
def _sender(folder: Path):
    """`send(kind, rows, name)` writes a file and loads it."""

    def send(kind: str, rows: Iterable[dict], name: str = "") -> None:
        path = folder / f"{name or kind}.csv"
        _write(path, list(rows))
        batch = feeds.load_path(kind=kind, path=path).batch
        if batch.rejected:
            raise RuntimeError(f"{path.name}: {batch.rejects.first().reason}")

    return send


def _load_files(folder: Path) -> None:
    send = _sender(folder)
    today = clock.today()
    send("organizations", [_organization_row(body) for body in BODIES])
    send("contracts", [row for body in BODIES for row in _contract_rows(body)])
    with clock.use(REGISTERED):  # they have been referents for some time: older notices reached them
        send("referents", _referent_rows())
    send(
        "plans",
        [dict(zip(("codice", "nome", "tipo", "consumo", "canone"), plan, strict=True)) for plan in PLANS],
    )
    for body in BODIES:
        for number, since, size, prefix in body.contracts:
            begun = datetime.strptime(since, "%d/%m/%Y").date()  # noqa: DTZ007 - a day, not an instant
            inventory = Inventory(number, begun, size, prefix, today)
            _send_inventory(send, inventory, number, today)
    traffic.make(send)
    invoices.make(send)
    cost_centres.make()
    top_ups.load(send)


def _send_inventory(send, inventory: Inventory, number: str, today: date) -> None:
    send("lines", inventory.line_rows(), f"linee-{number}")
    with clock.use(clock.day_start(today - timedelta(days=75)) + timedelta(hours=7)):
        send("sims", inventory.first_card_rows(), f"sim-{number}")
    with clock.use(clock.day_start(today - timedelta(days=40)) + timedelta(hours=7)):
        send("sims", inventory.later_card_rows(), f"sim-cambiate-{number}")
    send("services", inventory.service_rows(), f"servizi-{number}")
    send("contract-services", inventory.contract_service_rows(), f"servizi-contratto-{number}")
    send("dual-billing", inventory.dual_billing_rows(), f"tim-tuo-{number}")
    send("devices", inventory.device_rows(), f"apparati-{number}")


def _write(path: Path, rows: list[dict]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row)) or ["contratto"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, delimiter=";", restval="")
        writer.writeheader()
        writer.writerows(rows)


def _organization_row(body: Body) -> dict:
    legal = person(random.Random(body.name))
    return {
        "codice_fiscale": organization_code(body.tax_head, "037"),
        "descrizione": body.name,
        "legale_nome": legal.first_name,
        "legale_cognome": legal.last_name,
        "legale_email": email_of(legal),
        "legale_cellulare": f"{body.contracts[0][3]}0000",
        "legale_codice_fiscale": legal.tax_code,
        **_address("sede", body),
    }


def _contract_rows(body: Body) -> Iterable[dict]:
    for number, since, _size, _prefix in body.contracts:
        yield {
            "contratto": number,
            "codice_fiscale_ente": organization_code(body.tax_head, "037"),
            "convenzione": "8",
            "attivazione": since,
            **_address("fatture", body, attention="Ufficio economato"),
            **_address("documenti", body),
        }


def _address(prefix: str, body: Body, attention: str = "") -> dict:
    names = ("via", "indirizzo", "civico", "cap", "comune", "provincia")
    address = {f"{prefix}_{name}": value for name, value in zip(names, body.seat, strict=True)}
    return address | ({f"{prefix}_attenzione": attention} if attention else {})


def _referent_rows() -> Iterable[dict]:
    for one in PEOPLE:
        first, last = one.first_last
        holder = person(random.Random(one.mobile_number), first, last)
        for role, contract in one.roles:
            yield {
                "contratto": contract,
                "tipologia": role,
                "codice_fiscale": holder.tax_code,
                "cognome": last,
                "nome": first,
                "cellulare": one.mobile_number,
                "email": email_of(one),
            }


# --- People -----------------------------------------------------------------------------------------------------
def _register_people() -> None:
    """Accounts as they would be after a registration some months ago."""
    kept = {
        8: make_password(PEOPLE[0].password),
        7: make_password(PEOPLE[0].password, hasher="pbkdf2_sha256"),
    }
    for one in PEOPLE:
        first, last = one.first_last
        user, _new = User.objects.get_or_create(
            username=one.username,
            defaults={
                "first_name": first,
                "last_name": last,
                "email": email_of(one),
                "mobile_number": one.mobile_number,
                "tax_code": person(random.Random(one.mobile_number), first, last).tax_code,
                "organization": _employer(one),
                "agreement": one.agreement,
                "is_staff": one.is_staff,
                "password": kept.get(one.agreement),
                "registered_at": REGISTERED,
                "terms_accepted_at": None if one.is_staff else REGISTERED,
            },
        )
        if not one.is_staff:
            _accepted(user)
        if one.group:
            user.groups.add(Group.objects.get_or_create(name=one.group)[0])


def _accepted(user: User) -> None:
    """The first version of the texts, on the day of the registration."""
    texts = [text for text in terms.in_force() if text.version == 1]
    Acceptance.objects.bulk_create(
        [
            Acceptance(user=user, text=text.slug, version=1, title=str(text.title), accepted_at=REGISTERED)
            for text in texts
        ],
        ignore_conflicts=True,
    )


def _employer(one: DemoPerson) -> Organization | None:
    if one.is_staff:
        return None
    number = one.contracts[0] if one.contracts else BODIES[0].contracts[0][0]
    return Organization.objects.get(contracts__number=number)
