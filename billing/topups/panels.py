"""Credit and top-ups on the pages of a line: the organization's for referents, the person's own for the person."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import AutoTopUpMode, Basket, MonthlyTopUp, TopUp, TopUpRule, Wallet
from billing.topups import rules
from billing.topups.operations.common import FUNCTION
from billing.topups.operations.once import TopUpOnceFlow
from lines.allowances import Credit, credit_source
from lines.models import Line, LineState
from lines.panels import EVENTS_SHOWN, Event, Panel, line_action, line_events, panel
from portal.lists import RowAction
from portal.money import cents, euro
from portal.site.templatetags.portal import badge, date_it

SHOWN = 10


def may_see(access) -> bool:
    """Whoever tops up, and whoever reads what it costs."""
    return access.may(FUNCTION) or access.may("7.4.4")


@panel(32)
def credit(access, line: Line) -> Panel | None:
    if not line.is_prepaid or not may_see(access):
        return None
    wallet = Wallet.objects.for_access(access).filter(line=line, basket=Basket.COMPANY).first()
    values = [(_("Credito aziendale residuo"), euro(wallet.balance) if wallet else _("non disponibile"))]
    plan = MonthlyTopUp.objects.for_access(access).filter(line=line).first()
    if plan is not None:
        values.append((_("Ricarica automatica mensile"), _monthly(plan)))
    for rule in TopUpRule.objects.for_access(access).active().filter(line=line):
        values.append((rule.get_kind_display(), _with_next(rule)))
    return Panel("credito", _("Credito e ricariche automatiche"), values=values)


def _monthly(plan: MonthlyTopUp) -> str:
    words = {"amount": euro(plan.amount), "mode": plan.get_mode_display()}
    if plan.mode == AutoTopUpMode.OPT_OUT:
        return _("%(amount)s ogni mese, salvo rinuncia (modalità %(mode)s)") % words
    return _("%(amount)s solo nei mesi confermati (modalità %(mode)s)") % words


def _with_next(rule: TopUpRule) -> str:
    if rule.next_on is None:
        return rules.in_words(rule)
    words = {"rule": rules.in_words(rule), "day": f"{rule.next_on:%d/%m/%Y}"}
    return _("%(rule)s, prossima il %(day)s") % words


@panel(33)
def top_ups(access, line: Line) -> Panel | None:
    if not line.is_prepaid or not may_see(access):
        return None
    rows = list(TopUp.objects.for_access(access).filter(line=line)[: SHOWN + 1])
    more = f"{reverse('billing:company-top-ups')}?linea={line.number}" if access.may(FUNCTION) else ""
    return Panel(
        "ricariche",
        _("Ricariche aziendali"),
        (_("Data"), _("Tipo"), (_("Importo"), "num"), _("Stato")),
        [
            (
                date_it(row.due_on),
                row.get_kind_display(),
                euro(row.amount),
                badge(row.state, row.get_state_display()),
            )
            for row in rows[:SHOWN]
        ],
        empty=_("Nessuna ricarica aziendale su questa linea."),
        more=more if len(rows) > SHOWN else "",
    )


@line_action(40)
def top_up(access, line: Line) -> RowAction | None:
    if not line.is_prepaid or line.state != LineState.ACTIVE or not access.may(FUNCTION):
        return None
    return RowAction(_("Ricarica"), f"{reverse(f'billing:{TopUpOnceFlow.name}')}?linea={line.pk}")


@line_events
def topped_up(access, line: Line) -> Iterator[Event]:
    if not line.is_prepaid or not may_see(access):
        return
    done = TopUp.objects.for_access(access).filter(line=line, state=TopUp.State.DONE)
    for row in done.order_by("-settled_at")[:EVENTS_SHOWN]:
        yield Event(row.settled_at, row.get_kind_display(), text=euro(row.amount))


@credit_source
def personal_credit(line_id: int) -> Credit | None:
    """Of the own line, for its user (9.1.1): nothing is invented where no movement was ever told."""
    wallet = Wallet.objects.personal().filter(line=line_id).first()
    if wallet is None:
        return None
    last = wallet.movements.order_by("-sequence").values_list("recorded_at", flat=True).first()
    return Credit(cents(wallet.balance), last)
