"""What billing brings to the desk: company credit and its top-ups, payments by their state.

What a person does with the own money is theirs: of a payment the desk shows that it was made and how it ended, never
the card; movements of the personal credit are not shown at all.
"""

from __future__ import annotations

from django.db.models import Count, Max, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import Basket, Payment, TopUp, TopUpRule, Wallet
from portal.site.desk import MOMENTS, Box, Card, Link, Moment, box, moments
from portal.site.templatetags.portal import euro


@moments("billing.view_topup")
def top_ups(card: Card, before):
    """Those of a line one by one."""
    if not card.line_number:
        return
    rows = TopUp.objects.filter(
        line__number=card.line_number, line__contract=card.contract, made_at__lt=before
    ).order_by("-made_at", "-pk")
    for one in rows[:MOMENTS]:
        words = " · ".join(part for part in (one.get_state_display(), one.error, one.request_number) if part)
        url = reverse("admin:billing_topup_change", args=[one.pk])
        yield Moment(one.made_at, _("Ricarica"), f"{one.get_kind_display()} · {euro(one.amount)}", url, words)


@moments("billing.view_topup")
def top_ups_of_a_contract(card: Card, before):
    """Day by day: a whole contract is topped up in one morning."""
    if card.contract is None or card.line_number:
        return
    rows = (
        TopUp.objects.filter(contract=card.contract)
        .order_by()
        .values("due_on", "kind")
        .annotate(last=Max("made_at"), lines=Count("pk"), total=Sum("amount"))
        .filter(last__lt=before)
        .order_by("-last")
    )
    for one in rows[:MOMENTS]:
        words = ngettext("%(count)d linea", "%(count)d linee", one["lines"]) % {"count": one["lines"]}
        what = f"{TopUp.Kind(one['kind']).label} · {euro(one['total'])}"
        yield Moment(one["last"], _("Ricariche"), what, "", f"{words} · {one['due_on']:%d/%m/%Y}")


@moments("billing.view_payment")
def payments(card: Card, before):
    """A person's own payments are on the pages of the person and of the line, not on the organization's."""
    rows = Payment.objects.filter(created_at__lt=before)
    if card.line_number:
        rows = rows.filter(line__number=card.line_number, line__contract=card.contract)
    elif card.user is not None:
        rows = rows.filter(user=card.user)
    else:
        return
    for one in rows.select_related("user").order_by("-created_at", "-pk")[:MOMENTS]:
        paid = f" · {euro(one.amount)}" if one.purpose == Payment.Purpose.TOP_UP else ""
        yield Moment(
            one.created_at,
            _("Pagamento"),
            f"{one.reference} · {one.get_purpose_display()}{paid}",
            reverse("admin:billing_payment_change", args=[one.pk]),
            one.get_state_display(),
            one.user.get_full_name(),
        )


@box("billing.view_wallet")
def credit(card: Card) -> Box | None:
    """Of the organization's credit alone, with the top-ups that come by themselves."""
    if not card.line_number:
        return None
    mine = {"line__number": card.line_number, "line__contract": card.contract}
    wallet = Wallet.objects.filter(basket=Basket.COMPANY, **mine).first()
    rules = TopUpRule.objects.active().filter(**mine).order_by("kind")
    facts = [(_("Credito aziendale"), euro(wallet.balance))] if wallet else []
    facts += [(rule.get_kind_display(), _rule_words(rule)) for rule in rules]
    if not facts:
        return None
    top_ups = f"{reverse('admin:billing_topup_changelist')}?q={card.line_number}"
    return Box(_("Credito"), tuple(facts), (Link(_("Tutte le ricariche aziendali"), top_ups),))


def _rule_words(rule: TopUpRule) -> str:
    amount = euro(rule.amount)
    if rule.kind == TopUpRule.Kind.TIMED:
        words = _("%(amount)s ogni %(days)d giorni, la prossima il %(day)s")
        day = f"{rule.next_on:%d/%m/%Y}"
        return words % {"amount": amount, "days": rule.every_days, "day": day}
    return _("%(amount)s quando il credito arriva a %(trigger)s") % {
        "amount": amount,
        "trigger": euro(rule.trigger),
    }
