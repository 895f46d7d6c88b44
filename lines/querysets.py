"""The one door to lines, SIMs, devices, services and their ledger."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from portal import identifiers

SHORTEST_SEARCH = 3  # characters; fewer would find everything


class ReferentScoped(QuerySet):
    """Rows of a contract that only its referents may see."""

    def for_access(self, access):
        if access.contract is not None and access.is_referent:
            return self.filter(contract=access.contract)
        return self.none()


class LineScoped(QuerySet):
    """Rows of a contract for a referent, those of the own line for an employee."""

    line_path = "line"

    def for_access(self, access):
        if access.contract is not None and access.is_referent:
            return self.filter(contract=access.contract)
        return self.own(access)

    def own(self, access):
        """What hangs on the own line, whatever other roles the person has."""
        return self.filter(**{self.line_path: access.own_line.id}) if access.own_line else self.none()


class LivingMixin:
    def living(self):
        return self.exclude(state="ceased")

    def active(self):
        return self.filter(state="active")


class MasterDataQuerySet(QuerySet):
    def offered(self):
        return self.filter(is_offered=True)


class LineQuerySet(LivingMixin, LineScoped):
    line_path = "pk"

    def search(self, text: str):
        """By number or ICCID (10, 19 or 20 digits); by a part of number or ICCID; by the holder's name."""
        return self.filter(_line_matches(text, "number", "iccid", name=_by_holder))

    def prepaid(self):
        return self.filter(billing_type="prepaid")

    def postpaid(self):
        return self.filter(billing_type="postpaid")


class SimCardQuerySet(LivingMixin, LineScoped):
    def inventory(self):
        """Cards in their place: one for each SIM of each line."""
        return self.filter(line__isnull=False)

    def in_stock(self):
        """Cards the administration holds and has not put on a line yet."""
        return self.filter(line__isnull=True, state="frozen")

    def search(self, text: str):
        return self.filter(_line_matches(text, "line__number", "iccid"))


class InventoryQuerySet(LivingMixin, LineScoped):
    def search(self, text: str):
        return self.filter(_line_matches(text, "number", "iccid", name=_holder_contains))

    def lines(self):
        """One row a line: without the secondary cards of One Number."""
        return self.exclude(role="secondary")


class InventoryTotalQuerySet(ReferentScoped):
    def of(self, subject: str):
        """One aggregate page: what there is, by description then state (Q17)."""
        return self.filter(subject=subject, count__gt=0).order_by("label", "detail", "state")


class LineServiceQuerySet(LivingMixin, LineScoped):
    def supplementary(self):
        return self.filter(kind="service")

    def search(self, text: str):
        return self.filter(_line_matches(text, "number", "line__iccid"))


class DualBillingQuerySet(LivingMixin, LineScoped):
    def own(self, access):
        """The present one of the own line, and former ones of the same person: never a predecessor's."""
        if access.own_line is None:
            return self.none()
        mine = Q(tax_code=access.user.tax_code) & ~Q(tax_code="")
        return self.filter(Q(line=access.own_line.id) & (~Q(state="ceased") | mine))

    def postpaid(self):
        return self.filter(billing_type="postpaid")

    def prepaid(self):
        return self.filter(billing_type="prepaid")

    def search(self, *, line: str = "", last_name: str = "", code: str = "", tax_code: str = ""):
        """The four fields of the page, all of which must match."""
        found = self
        if line:
            found = found.filter(_line_matches(line, "number", "line__iccid"))
        if last_name:
            found = found.filter(last_name__istartswith=last_name.strip())
        if code:
            found = found.filter(code__startswith=identifiers.compact(code))
        if tax_code:
            found = found.filter(tax_code=identifiers.compact(tax_code))
        return found


class DeviceQuerySet(ReferentScoped):
    def in_use(self):
        return self.filter(returned=False)

    def own(self, access):
        """What the administration gave for use on the own line."""
        return self.in_use().filter(line=access.own_line.id) if access.own_line else self.none()

    def search(self, text: str):
        """By line, by IMEI or by what the appliance is."""
        return self.filter(_device_matches(text, ""))


class DeviceServiceQuerySet(LivingMixin, ReferentScoped):
    def search(self, text: str):
        return self.filter(_device_matches(text, "device__"))


# --- Reading what was typed -----------------------------------------------------------------------------------
NOTHING = Q(pk__in=())


def _line_matches(text: str, number: str, iccid: str, *, name=None) -> Q:
    """Exact where the text is a whole number or ICCID (Q13); by a part of them, or by name, where it is not."""
    exact = identifiers.line_search(text)
    if exact:
        found = Q()
        for search in exact:
            found |= Q(**{number: search.number}) if search.number else Q(**{iccid: search.iccid})
        return found
    value = identifiers.compact(text)
    if len(value) < SHORTEST_SEARCH:
        return NOTHING
    if re.fullmatch(r"[0-9]+", value):
        # `icontains` is what the trigram indexes are built for.
        return Q(**{f"{number}__icontains": value}) | Q(**{f"{iccid}__icontains": value})
    return name(text) if name else NOTHING


def _by_holder(text: str) -> Q:
    words = text.split()
    found = Q(holder_tax_code=identifiers.compact(text))
    for word in words:
        found |= Q(holder_last_name__istartswith=word)
    return found


def _holder_contains(text: str) -> Q:
    found = Q()
    for word in text.split():
        found &= Q(holder_name__icontains=word)
    return found


def _device_matches(text: str, device: str) -> Q:
    value = identifiers.compact(text)
    if len(value) < SHORTEST_SEARCH:
        return NOTHING
    if re.fullmatch(r"[0-9]{15}", value):
        return Q(**{f"{device}imei": value})
    if re.fullmatch(r"[0-9+]+", value):
        return (
            _line_matches(text, f"{device}line__number", f"{device}line__iccid")
            | Q(**{f"{device}imei__contains": value})
            | Q(nmu_code=value)
        )
    return Q(**{f"{device}description__icontains": text.strip()})
