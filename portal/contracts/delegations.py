"""Entrusting single functions of a contract to another person, from one day to another (2.7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock, functions
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.directory import organization_of
from portal.contracts.models import Delegation
from portal.contracts.routes import every_route
from portal.functions import Function, Role
from portal.outbox.services import send_mail

GIVEN = action("contracts.delegation.given", gettext_lazy("Delega data"))
ENDED = action("contracts.delegation.ended", gettext_lazy("Delega chiusa"))

LONGEST = timedelta(days=366)
# Who could entrust these would entrust without end: delegations themselves, and who the referents are.
KEPT = {"B2.7", "7.1.2"}


class NotGiven(Exception):
    """The delegation cannot be given. `field` says beside which question the words belong."""

    def __init__(self, field: str, words: str):
        self.field = field
        super().__init__(words)


def delegable() -> list[Function]:
    """The functions a ROA may entrust: those of the ROA that have an address today."""
    served = {route.function for route in every_route()}
    return [
        function
        for function in functions.FUNCTIONS.values()
        if Role.ROA in function.roles and function.id in served and function.id not in KEPT
    ]


@transaction.atomic
def give(*, access, user, function_ids: Iterable[str], starts_on: date, ends_on: date) -> Delegation:
    wanted = _in_order(function_ids)
    _check_person(access, user)
    _check_days(starts_on, ends_on)
    given = Delegation.objects.create(
        contract=access.contract,
        user=user,
        functions=wanted,
        starts_on=starts_on,
        ends_on=ends_on,
        given_by=access.user,
    )
    changes = {
        "user": [None, user.get_full_name()],
        "functions": [None, _headings(given)],
        "starts_on": [None, starts_on],
        "ends_on": [None, ends_on],
    }
    record(GIVEN, contract=given.contract, obj=given, changes=changes, actor=access.user)
    _tell(given)
    return given


@transaction.atomic
def end(*, delegation: Delegation, access) -> bool:
    """Close it now. False when it was over already."""
    now = clock.now()
    living = Delegation.objects.filter(pk=delegation.pk, ended_at=None, ends_on__gte=clock.today())
    if not living.update(ended_at=now, ended_by=access.user):
        return False
    delegation.ended_at, delegation.ended_by = now, access.user
    changes = {"ended_at": [None, now]}
    record(ENDED, contract=delegation.contract, obj=delegation, changes=changes, actor=access.user)
    return True


def labels_of(delegation: Delegation) -> list[str]:
    """The functions as a page names them; one that the portal no longer has is left out."""
    return [str(heading) for heading in _headings(delegation)]


def _headings(delegation: Delegation) -> list:
    known = functions.FUNCTIONS
    return [known[one].heading for one in delegation.functions if one in known]


def _in_order(function_ids: Iterable[str]) -> list[str]:
    wanted, allowed = set(function_ids), [function.id for function in delegable()]
    if not wanted:
        raise NotGiven("functions", _("Scegli almeno una funzione."))
    if wanted - set(allowed):
        raise NotGiven("functions", _("Questa funzione non si può delegare."))
    return [one for one in allowed if one in wanted]


def _check_person(access, user) -> None:
    employer = organization_of(user.mobile_number) if user.is_open else None
    if employer is None or employer[0] != access.contract.organization_id:
        raise NotGiven("person", _("Nessuna persona del tuo ente è registrata con questo numero o username."))
    same_code = user.tax_code and user.tax_code.upper() == access.user.tax_code.upper()
    if user == access.user or same_code:
        raise NotGiven("person", _("Non serve delegare te stesso."))


def _check_days(starts_on: date, ends_on: date) -> None:
    if starts_on < clock.today():
        raise NotGiven("starts_on", _("La delega non può cominciare nel passato."))
    if ends_on < starts_on:
        raise NotGiven("ends_on", _("La fine viene prima dell'inizio."))
    if ends_on - starts_on > LONGEST:
        raise NotGiven("ends_on", _("Una delega dura al massimo un anno: poi si può dare di nuovo."))


def _tell(given: Delegation) -> None:
    send_mail(
        to=given.user.email,
        template="delegation_given",
        context={"person": given.user, "delegation": given, "functions": _headings(given)},
        kind="delegation-given",
        key=f"delegation-given:{given.pk}",
        user=given.user,
        contract_number=given.contract.number,
    )
