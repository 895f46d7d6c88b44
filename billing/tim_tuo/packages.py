"""Packages and allowances of a prepaid line, paid from the personal credit (9.2.1.3)."""

from __future__ import annotations

from decimal import Decimal

import structlog
from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing import wallets
from billing.models import (
    Basket,
    DualBillingOption,
    MovementKind,
    PackageProduct,
    PackageSection,
    PersonalPackage,
)
from billing.tim_tuo.services import NotOpen
from lines.allowances import Counter, Traffic, traffic_source
from lines.models import DualBilling
from portal import clock
from portal.audit.actions import action
from portal.audit.services import record
from portal.outbox.services import send_sms

log = structlog.get_logger(__name__)

STARTED = action("billing.package.started", _("Pacchetto TIM TUO attivato"))
ENDED = action("billing.package.ended", _("Pacchetto TIM TUO terminato"))
RENEWED = action("billing.package.renewed", _("Pacchetto TIM TUO rinnovato"))

Section = PackageSection
NEEDS_ROAMING = (
    Section.ROAMING, Section.ROAMING_EXCLUSIVE, Section.ROAMING_DATA, Section.ROAMING_DATA_EXCLUSIVE,
)  # fmt: skip
MONTHLY = (Section.NATIONAL, Section.ROAMING_DATA, Section.ROAMING_DATA_EXCLUSIVE)
MB_OF_A_GB = 1_000


def has_roaming(dual: DualBilling) -> bool:
    codes = (DualBillingOption.Code.PREPAID_ROAMING, DualBillingOption.Code.ROAMING)
    return DualBillingOption.objects.living().filter(dual_billing=dual, code__in=codes).exists()


def may_start(dual: DualBilling, product: PackageProduct) -> str:
    """Why it cannot be started, or nothing. Too low a credit is no reason here (R2)."""
    section = product.section
    if section in NEEDS_ROAMING and not has_roaming(dual):
        return _t("Serve l'opzione TIM TUO ROAMING ON EXTRA UE: chiedila al referente.")
    month = clock.month_start(clock.today())
    if section == Section.DATA and dual.packages.filter(section=section, month=month).exists():
        return _t(
            "Hai già attivato un plafond dati in questo mese: potrai attivarne un altro il mese prossimo."
        )
    living = PersonalPackage.objects.living().filter(dual_billing=dual, product=product)
    return _t("È già attivo.") if living.exists() else ""


@transaction.atomic
def start(dual: DualBilling, product: PackageProduct, *, key: str) -> PersonalPackage:
    """Pay for it, end what it replaces, begin it. `key` is that of the request: it is paid once."""
    DualBilling.objects.select_for_update().get(pk=dual.pk)
    reason = may_start(dual, product)
    if reason:
        raise NotOpen(reason)
    _charge(dual, product.price, key, product.name)
    _end(dual, product.section)
    today = clock.today()
    additional = product.section == Section.DATA
    month = clock.month_start(today)
    made = PersonalPackage.objects.create(
        dual_billing=dual,
        section=product.section,
        product=product,
        month=month if additional else None,
        valid_until=clock.add_months(month, 1) if additional else None,
        renews_on=clock.add_months(today, 1) if product.section in MONTHLY else None,
        **_full(product),
    )
    _record(STARTED, dual, made)
    return made


@transaction.atomic
def stop(dual: DualBilling, section: str) -> bool:
    living = PersonalPackage.objects.living().filter(dual_billing=dual, section=section).first()
    if living is None:
        return False
    _end(dual, section)
    _record(ENDED, dual, living)
    return True


def _end(dual: DualBilling, section: str) -> None:
    """Also one that is over by itself and was not put away yet."""
    PersonalPackage.objects.filter(dual_billing=dual, section=section, ended_at=None).update(
        ended_at=clock.now()
    )


def _full(product: PackageProduct) -> dict:
    return {
        "minutes_left": product.minutes,
        "messages_left": product.messages,
        "megabytes_left": product.megabytes,
        "updated_at": clock.now(),
    }


def _charge(dual: DualBilling, price: Decimal, key: str, words: str) -> None:
    if not price:
        return
    try:
        wallets.spend(
            line_id=dual.line_id,
            basket=Basket.PERSONAL,
            amount=price,
            kind=MovementKind.PACKAGE,
            key=key,
            detail=words,
        )
    except wallets.NotEnoughCredit:
        raise NotOpen(_t("Il credito personale non basta.")) from None


# --- Every hour ---------------------------------------------------------------------------------------------------------
def keep() -> int:
    """Renew what has had its month, put away what is over. Harmless as often as one likes."""
    PersonalPackage.objects.past().update(ended_at=clock.now())
    due = PersonalPackage.objects.due().select_related("product", "dual_billing__contract")
    return sum(_renew(package) for package in due.order_by("pk").iterator())


@transaction.atomic
def _renew(package: PersonalPackage) -> bool:
    """One month at a time: after days of stop each month is charged once, and none twice."""
    day, dual, product = package.renews_on, package.dual_billing, package.product
    following = clock.add_months(day, 1)
    mine = PersonalPackage.objects.filter(pk=package.pk, ended_at=None, renews_on=day)
    if not mine.update(renews_on=following, **_full(product)):
        return False
    try:
        with transaction.atomic():
            _charge(dual, product.price, f"package:{package.pk}:{day:%Y-%m-%d}", product.name)
    except NotOpen:
        PersonalPackage.objects.filter(pk=package.pk).update(ended_at=clock.now())
        _record(ENDED, dual, package, note=_t("Il credito personale non basta."))
        text = _t("TIM TUO: %(name)s non è stato rinnovato perché il credito personale non basta.")
        send_sms(
            to=dual.number,
            text=text % {"name": product.name},
            kind="package-ended",
            key=f"package-ended:{package.pk}:{day:%Y-%m-%d}",
        )
        return False
    _record(RENEWED, dual, package)
    return True


def _record(what: str, dual: DualBilling, package: PersonalPackage, note: str = "") -> None:
    record(what, contract=dual.contract, obj=package, line_number=dual.number, note=note)


# --- What is left, for the pages of the own line ------------------------------------------------------------------------
@traffic_source
def personal_traffic(line_id: int) -> Traffic | None:
    living = PersonalPackage.objects.living().filter(dual_billing__line=line_id)
    sums = living.aggregate(
        minutes=Sum("minutes_left"),
        messages=Sum("messages_left"),
        megabytes=Sum("megabytes_left"),
        all_minutes=Sum("product__minutes"),
        all_messages=Sum("product__messages"),
        all_megabytes=Sum("product__megabytes"),
        as_of=Max("updated_at"),
    )
    if sums["as_of"] is None:
        return None
    return Traffic(
        gigabytes=Counter(
            Decimal(sums["megabytes"]) / MB_OF_A_GB, Decimal(sums["all_megabytes"]) / MB_OF_A_GB
        ),
        minutes=Counter(Decimal(sums["minutes"]), Decimal(sums["all_minutes"])),
        messages=Counter(Decimal(sums["messages"]), Decimal(sums["all_messages"])),
        as_of=sums["as_of"],
    )


# --- What there is to choose from ----------------------------------------------------------------------------------------
def _gb(count: int) -> int:
    return count * MB_OF_A_GB


PRODUCTS = (  # section, code, name, price, minutes, messages, megabytes
    (Section.NATIONAL, "s1", "S1", "5.00", 200, 50, _gb(1)),
    (Section.NATIONAL, "s4", "S4", "7.00", 200, 50, _gb(4)),
    (Section.NATIONAL, "m4", "M4", "9.00", 600, 100, _gb(4)),
    (Section.NATIONAL, "m20", "M20", "12.00", 600, 100, _gb(20)),
    (Section.NATIONAL, "l4", "L4", "11.00", 2000, 200, _gb(4)),
    (Section.NATIONAL, "l20", "L20", "15.00", 2000, 200, _gb(20)),
    (Section.DATA, "1gb-plus", "1GB Plus", "3.00", 0, 0, _gb(1)),
    (Section.DATA, "4gb-plus", "4GB Plus", "6.00", 0, 0, _gb(4)),
    (Section.DATA, "20gb-plus", "20GB Plus", "10.00", 0, 0, _gb(20)),
    (Section.ROAMING, "roaming", "Roaming extra UE", "6.00", 20, 20, 200),
    (Section.ROAMING_EXCLUSIVE, "roaming-exclusive", "Roaming extra UE Exclusive", "10.00", 40, 40, 500),
    (Section.ROAMING_DATA, "roaming-500mb", "500MB extra UE", "15.00", 0, 0, 500),
    (Section.ROAMING_DATA_EXCLUSIVE, "roaming-500mb-x", "500MB extra UE Exclusive", "25.00", 0, 0, 500),
)  # fmt: skip


def ensure_products() -> None:
    """The products of the agreement; what customer service changed since is left alone."""
    for position, (section, code, name, price, minutes, messages, megabytes) in enumerate(PRODUCTS):
        PackageProduct.objects.get_or_create(
            code=code,
            defaults={
                "section": section,
                "name": name,
                "price": Decimal(price),
                "minutes": minutes,
                "messages": messages,
                "megabytes": megabytes,
                "position": position,
            },
        )
