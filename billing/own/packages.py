"""TIM TUO packages and allowances among the «Offerte attive» of a prepaid line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.models import PersonalPackage
from billing.own.offers import Offer, offer_source
from portal import money
from portal.charts import Gauge
from portal.site.templatetags.portal import date_it, datetime_it

MB_OF_A_GB = 1_000  # as packages count them


@offer_source
def packages(access) -> Iterator[Offer]:
    living = PersonalPackage.objects.living().filter(dual_billing__line=access.own_line.id)
    for package in living.select_related("product").order_by("section", "pk"):
        yield Offer(
            _("TIM TUO: %(name)s") % {"name": package.product.name}, _facts(package), _gauges(package)
        )


def _facts(package: PersonalPackage) -> list[tuple]:
    facts = [
        (_("Tipo"), package.get_section_display()),
        (_("Attivazione"), date_it(package.started_at)),
        (_("Prezzo"), money.euro(package.product.price)),
    ]
    if package.renews_on:
        facts.append((_("Si rinnova il"), date_it(package.renews_on)))
    if package.valid_until:
        facts.append((_("Vale fino al"), date_it(package.valid_until)))
    return [*facts, (_("Dati aggiornati al"), datetime_it(package.updated_at))]


def _gauges(package: PersonalPackage) -> list[Gauge]:
    product = package.product
    counters = (
        (_("Dati"), product.megabytes, package.megabytes_left, MB_OF_A_GB, "GB", 2),
        (_("Voce"), product.minutes, package.minutes_left, 1, _("minuti"), 0),
        (_("SMS"), product.messages, package.messages_left, 1, "SMS", 0),
    )
    return [
        Gauge(
            title=title,
            used=Decimal(total - left) / by,
            limit=Decimal(total) / by,
            unit=unit,
            places=places,
        )
        for title, total, left, by, unit, places in counters
        if total
    ]
