"""Notices at once, for whoever is told about the contract and chose them (B-12). A crossing is new once, so it is told once."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal import money
from portal.accounts.models import User
from portal.audit.actions import action
from portal.audit.services import record
from portal.contracts.models import Contract
from portal.identifiers import show_mobile
from portal.outbox.services import send_mail, send_sms
from portal.words import speaking_to
from thresholds.models import Crossing, NoticeChoice
from thresholds.recipients import Links, contracts_of_people

CHOSEN = action("thresholds.notices_chosen", _("Avvisi immediati sulle soglie scelti"))

KIND = "threshold-at-once"
NAMED_IN_SMS = 3
NAMED_IN_MAIL = 30


def tell_at_once(crossings: Collection[int]) -> int:
    """One message a person, contract and channel with all these crossings. Called in their transaction."""
    news: dict[int, list[Crossing]] = {}
    rows = Crossing.objects.filter(pk__in=crossings, is_silent=False).select_related("line", "contract")
    for crossing in rows.order_by("contract_id", "pk"):
        news.setdefault(crossing.contract_id, []).append(crossing)
    choices = list(NoticeChoice.objects.filter(contract__in=news).select_related("user").order_by("pk"))
    if not choices:
        return 0
    chosen = {choice.contract_id for choice in choices}
    still, links = contracts_of_people(chosen), Links(chosen)
    told = 0
    for choice in choices:
        if choice.contract_id in still.get(choice.user_id, ()):
            told += _tell(choice, news[choice.contract_id], links)
    return told


def _tell(choice: NoticeChoice, crossings: list[Crossing], links: Links) -> int:
    key = f"{KIND}:{choice.user_id}:{crossings[0].pk}"
    if choice.by_mail:
        _mail(choice.user, crossings, f"{key}:mail", links)
    if choice.by_sms:
        with speaking_to(choice.user):
            text = sms_words(crossings)
        send_sms(to=choice.user.mobile_number, text=text, kind=KIND, key=f"{key}:sms", user=choice.user)
    return choice.by_mail + choice.by_sms


def _mail(user: User, crossings: list[Crossing], key: str, links: Links) -> None:
    contract = crossings[0].contract
    send_mail(
        to=user.email,
        template="threshold_at_once",
        context={
            "person": user,
            "contract": contract,
            "crossings": crossings[:NAMED_IN_MAIL],
            "more": max(len(crossings) - NAMED_IN_MAIL, 0),
            "count": len(crossings),
            **links.of(user.pk, [contract.pk]),
        },
        kind=KIND,
        key=key,
        user=user,
        contract_number=contract.number,
    )


def sms_words(crossings: list[Crossing]) -> str:
    named = ", ".join(_named(one) for one in crossings[:NAMED_IN_SMS])
    more = len(crossings) - NAMED_IN_SMS
    if more > 0:
        words = ngettext("%(lines)s e un'altra", "%(lines)s e altre %(more)d", more)
        named = words % {"lines": named, "more": more}
    return _t("Soglie sul contratto %(contract)s: %(lines)s.") % {
        "contract": crossings[0].contract.number,
        "lines": named,
    }


def _named(crossing: Crossing) -> str:
    if crossing.value == 0:
        words = _t("%(line)s primo traffico a pagamento (soglia a 0 €)")
    elif crossing.level == 100:
        words = _t("%(line)s al 100 %% di %(value)s €")
    else:
        words = _t("%(line)s all'80 %% di %(value)s €")
    return words % {"line": show_mobile(crossing.line.number), "value": money.number(crossing.value, 0)}


@transaction.atomic
def choose(*, user: User, contract: Contract, by_mail: bool, by_sms: bool) -> bool:
    """False when it was so already."""
    before = NoticeChoice.objects.filter(user=user, contract=contract).first()
    old = (before.by_mail, before.by_sms) if before else (False, False)
    if old == (by_mail, by_sms):
        return False
    if by_mail or by_sms:
        NoticeChoice.objects.update_or_create(
            user=user, contract=contract, defaults={"by_mail": by_mail, "by_sms": by_sms}
        )
    elif before:
        before.delete()
    words = (_t("No"), _t("Sì"))
    changes = {
        label: [words[was], words[now]]
        for label, was, now in (("e-mail", old[0], by_mail), ("SMS", old[1], by_sms))
        if was != now
    }
    record(CHOSEN, actor=user, contract=contract, changes=changes)
    return True
