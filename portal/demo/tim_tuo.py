"""TIM TUO in the demo: one employee pays by bank, one may begin, one has packages on a prepaid line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from billing import wallets
from billing.models import Basket, DualBillingOption, MovementKind, PackageProduct, PayBy, PersonalPackage
from billing.tim_tuo import packages, services
from lines.models import DualBilling
from portal import clock
from portal.accounts.models import User

PAOLO, RITA = "paolo.riva", "rita.gallo"
IBAN = "IT60X0542811101000000123456"
HOME = {
    "street_type": "Via", "street": "del Pratello", "civic": "31", "province": "BO", "municipality": "Bologna",
    "postal_code": "40122",
}  # fmt: skip


def make() -> None:
    """Safe to run twice."""
    _by_bank(_dual(PAOLO))
    _with_packages(_dual(RITA))


def _dual(username: str) -> DualBilling:
    number = User.objects.get(username=username).mobile_number
    return DualBilling.objects.living().select_related("contract", "line").get(number=number)


def _by_bank(dual: DualBilling) -> None:
    account = services.account_of(dual)
    if account.address:
        return
    services.set_address(account, HOME)
    holder = {"holder_first_name": dual.first_name, "holder_last_name": dual.last_name}
    services.confirm(services.arrange(account, PayBy.BANK, bank={"iban": IBAN} | holder | HOME))
    services.use_email(account, actor=None)


def _with_packages(dual: DualBilling) -> None:
    if PersonalPackage.objects.filter(dual_billing=dual).exists():
        return
    now = clock.now()
    for days, amount in ((120, 20), (60, 25), (12, 30)):
        wallets.post(
            wallets.Entry(
                dual.line_id,
                Basket.PERSONAL,
                Decimal(amount),
                MovementKind.OTHER_CHANNEL,
                f"demo-personal:{dual.line_id}:{days}",
                at=now - timedelta(days=days),
                detail="Ricarica da tabaccheria",
            )
        )
    services.add_option(dual, DualBillingOption.Code.PREPAID_ROAMING)
    for code in ("m4", "1gb-plus"):
        product = PackageProduct.objects.get(code=code)
        packages.start(dual, product, key=f"demo-package:{dual.line_id}:{code}")
    PersonalPackage.objects.filter(dual_billing=dual, product__code="m4").update(
        minutes_left=412, messages_left=87, megabytes_left=2350
    )
