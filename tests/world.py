"""The same few people in every test: who they are is told by the numbers they registered with.

Organization A (Comune di Esempio) has two contracts, A1 and A2; organization B (Azienda Altrove) has B1.
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from lines import inventory
from lines.models import BillingType, DualBilling, Line, LineState, SimCard, TariffPlan
from portal import clock
from portal.accounts.models import User
from portal.contracts.access import PLATFORMS
from portal.contracts.models import Address, Contract, FrameworkAgreement, Organization, Referent

PASSWORD = "Corretta-Batteria-9"


def address(**values) -> Address:
    defaults = {
        "street_type": "Via",
        "street": "Roma",
        "civic": "1",
        "province": "BO",
        "municipality": "Bologna",
        "postal_code": "40121",
    }
    return Address.objects.create(**(defaults | values))


def organization(tax_code: str, name: str) -> Organization:
    return Organization.objects.create(
        tax_code=tax_code.zfill(16),
        name=name,
        registered_seat=address(),
        legal_first_name="Anna",
        legal_last_name="Legale",
        legal_email="anna.legale@example.org",
        legal_mobile="3310000001",
        legal_tax_code="LGLNNA70A41A944Z",
    )


def contract(owner: Organization, number: str) -> Contract:
    agreement, _new = FrameworkAgreement.objects.get_or_create(
        number=8, defaults={"name": "Convenzione Telefonia Mobile 8", "offer_type": "CONVENZIONE PA 8"}
    )
    return Contract.objects.create(
        organization=owner,
        agreement=agreement,
        number=number,
        activated_on=date(2025, 3, 1),
        invoice_address=address(attention="Ufficio economato"),
        papers_address=address(civic="2"),
    )


def plan(name: str = "PA 8", *, prepaid: bool = False) -> TariffPlan:
    return TariffPlan.objects.get_or_create(
        code=name.lower().replace(" ", "-"),
        defaults={"name": name, "billing_type": BillingType.PREPAID if prepaid else BillingType.POSTPAID},
    )[0]


def line(
    owner: Contract, number: str, *, prepaid: bool = False, state: str = LineState.ACTIVE, iccid: str = ""
) -> Line:
    made = Line.objects.create(
        contract=owner,
        number=number,
        billing_type=BillingType.PREPAID if prepaid else BillingType.POSTPAID,
        plan=plan("RICARICABILE Business VOLTE", prepaid=True) if prepaid else plan(),
        state=state,
        activated_on=date(2025, 4, 1),
        ceased_on=date(2026, 1, 31) if state == LineState.CEASED else None,
    )
    SimCard.objects.create(
        contract=owner,
        line=made,
        iccid=iccid or f"893901000{number}",
        state=made.state,
        activated_on=made.activated_on,
        ceased_on=made.ceased_on,
    )
    inventory.refresh([made.pk])
    return made


def dual_billing(
    on: Line, code: str, first: str, last: str, tax_code: str = "RSSMRA66A02F839D"
) -> DualBilling:
    """TIM TUO of this person, active on the line."""
    with inventory.changing(lines=[on.pk]):
        Line.objects.filter(pk=on.pk).update(dual_billing_allowed=True)
        made = DualBilling.objects.create(
            contract=on.contract,
            line=on,
            number=on.number,
            billing_type=on.billing_type,
            code=code,
            first_name=first,
            last_name=last,
            tax_code=tax_code,
            activated_on=date(2025, 6, 1),
        )
    return made


def referent(
    owner: Contract, role: str, number: str, first: str, last: str, tax_code: str = "RSSMRA66A02F839D"
):
    return Referent.objects.create(
        contract=owner,
        role=role,
        tax_code=tax_code,
        first_name=first,
        last_name=last,
        mobile_number=number,
        email=f"{first}.{last}@example.org".lower(),
    )


def user(username: str, number: str, first: str, last: str, owner: Organization | None, **values) -> User:
    return User.objects.create_user(
        username,
        PASSWORD,
        first_name=first,
        last_name=last,
        email=f"{username}@example.org",
        mobile_number=number,
        organization=owner,
        tax_code=values.pop("tax_code", "RSSMRA66A02F839D"),
        terms_accepted_at=values.pop("terms_accepted_at", clock.now()),
        **values,
    )


def make() -> SimpleNamespace:
    """The whole world. Attributes: organizations a, b; contracts a1, a2, b1; lines; users by what they are."""
    w = SimpleNamespace()
    w.a = organization("3160470831", "Comune di Esempio")
    w.b = organization("2070130816", "Azienda Altrove")
    w.a1, w.a2 = contract(w.a, "888010088938"), contract(w.a, "888010088939")
    w.b1 = contract(w.b, "888012234558")
    for one in (w.a1, w.b1):  # both foresee every outside platform
        one.platforms = list(PLATFORMS)
        one.save(update_fields=["platforms"])

    w.line_postpaid = line(w.a1, "3312547228")
    w.line_prepaid = line(w.a1, "3312544025", prepaid=True)
    w.line_both = line(w.a1, "3312540003")
    w.line_other = line(w.b1, "3700801103")
    w.line_tim_tuo = line(w.a2, "3312540006")
    dual_billing(w.line_tim_tuo, "888200000006", "Luca", "Bruni")
    w.line_prepaid_other = line(w.a2, "3312540007", prepaid=True)

    roles = Referent.Role
    for owner in (w.a1, w.a2):
        referent(owner, roles.MASTER, "3312540001", "Maria", "Rossi")
    referent(w.a1, roles.EBILL, "3312540002", "Elena", "Conti")
    referent(w.a1, roles.TRAFFIC_MANAGER, "3312540003", "Tommaso", "Neri")
    referent(w.a1, roles.MESSAGING, "3312540004", "Michele", "Bassi")
    referent(w.b1, roles.MASTER, "3700801101", "Bruna", "Lontani")

    w.roa = user("maria.rossi", "3312540001", "Maria", "Rossi", w.a)
    w.ebill = user("elena.conti", "3312540002", "Elena", "Conti", w.a)
    w.traffic = user("tommaso.neri", "3312540003", "Tommaso", "Neri", w.a)  # also employee: line_both
    w.messaging = user("michele.bassi", "3312540004", "Michele", "Bassi", w.a)
    w.employee = user("paolo.verdi", "3312547228", "Paolo", "Verdi", w.a)
    w.employee_prepaid = user("rita.gallo", "3312544025", "Rita", "Gallo", w.a)
    w.employee_tim_tuo = user("luca.bruni", "3312540006", "Luca", "Bruni", w.a)  # of contract A2
    w.employee_prepaid_other = user("ugo.serra", "3312540007", "Ugo", "Serra", w.a)  # of contract A2 too
    w.outsider = user("bruna.lontani", "3700801101", "Bruna", "Lontani", w.b)  # ROA of B1
    w.nobody = user("nina.sola", "3312549999", "Nina", "Sola", w.a)  # a number nobody knows any more
    w.operator = user("operatore.uno", "3390000001", "Olga", "Operatrice", None, is_staff=True)
    w.supervisor = user(
        "supervisore.uno", "3390000002", "Sara", "Capo", None, is_staff=True, is_superuser=True
    )
    return w
