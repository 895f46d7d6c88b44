"""Plans and lines."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lines import inventory
from lines.feeds.base import DATES, STATE, InventoryFeed, changes_in, state_of
from lines.models import BillingType, Holding, Line, LineState, SimCard, TariffPlan
from lines.services import moves, states
from portal import clock, identifiers
from portal.audit.actions import action
from portal.audit.services import record, record_many
from portal.contracts.feeds.columns import Column, amount, choice, choices, text
from portal.contracts.feeds.registry import register
from portal.contracts.feeds.rows import Candidate, ModelFeed

CREATED = action("feeds.lines.created", gettext_lazy("Linee inserite da flusso dati"))
CHANGED = action("feeds.line.changed", gettext_lazy("Linea modificata da flusso dati"))

YES_NO = choice({"Si": True, "Sì": True, "No": False})


@register
class PlanFeed(ModelFeed):
    kind, label, order = "plans", gettext_lazy("Profili tariffari"), 40
    model = TariffPlan
    columns = (
        Column("codice", text(40), needed=True),
        Column("nome", text(80), needed=True),
        Column("tipo", choices(BillingType), needed=True),
        Column("consumo", choices(TariffPlan.Usage), needed=True),
        Column("canone", amount, blank=0),
    )

    def resolve(self, rows, outcome):
        names = {
            "codice": "code",
            "nome": "name",
            "tipo": "billing_type",
            "consumo": "usage",
            "canone": "monthly_fee",
        }
        return [
            Candidate(row, {names[column]: value for column, value in row.values.items()}) for row in rows
        ]

    def identity(self, attrs):
        return attrs["code"]

    def existing(self, candidates):
        return TariffPlan.objects.filter(code__in=[one.attrs["code"] for one in candidates])


_LABELS = {
    "contract_id": "contract",
    "plan_id": "plan",
    "state": "state",
    "activated_on": "activated_on",
    "ceased_on": "ceased_on",
    "holder_last_name": "last_name",
    "holder_first_name": "first_name",
    "holder_tax_code": "tax_code",
    "cost_centre": "cost_centre",
    "dual_billing_allowed": "dual_billing_allowed",
}
_HOLDER = ("holder_last_name", "holder_first_name", "holder_tax_code", "cost_centre")


@register
class LineFeed(InventoryFeed):
    """A full file ends the lines it does not name.

    A number that appears on another contract of the same organization moves there with all that hangs on it; on
    a contract of another organization it is another line, and the former one ends today.
    """

    kind, label, order, closes = "lines", gettext_lazy("Linee"), 50, True
    model = Line
    columns = (
        Column("contratto", identifiers.contract, needed=True),
        Column("numero", identifiers.mobile, needed=True),
        Column("profilo", text(80), needed=True),
        STATE,
        *DATES,
        Column("cognome", text(60)),
        Column("nome", text(60)),
        Column("codice_fiscale", identifiers.person_tax_code),
        Column("centro_costo", text(40)),
        Column("tim_tuo", YES_NO, blank=False),
    )
    _OPTIONAL = {
        "cognome": "holder_last_name",
        "nome": "holder_first_name",
        "codice_fiscale": "holder_tax_code",
        "centro_costo": "cost_centre",
        "tim_tuo": "dual_billing_allowed",
    }

    def __init__(self, given):
        super().__init__(given)
        self.plans = {}
        for plan in TariffPlan.objects.all():
            self.plans[plan.name.casefold()] = plan
        self.plans |= {plan.code.casefold(): plan for plan in list(self.plans.values())}

    def resolve(self, rows, outcome):
        found = []
        for row, contract in self.contracts.resolve(rows, outcome):
            plan = self.plans.get(row.values["profilo"].casefold())
            if plan is None:
                outcome.reject(row, _("Il profilo tariffario non esiste."))
                continue
            state = state_of(row, outcome)
            if state is None:
                continue
            attrs = {
                "contract_id": contract,
                "number": row.values["numero"],
                "plan_id": plan.pk,
                "billing_type": plan.billing_type,
                **state,
                **{
                    name: row.values[column]
                    for column, name in self._OPTIONAL.items()
                    if column in row.values
                },
            }
            found.append(Candidate(row, attrs))
        return found

    def identity(self, attrs):
        return attrs["number"]

    def lines_in_question(self, candidates):
        numbers = [one.attrs["number"] for one in candidates]
        # Unordered: to walk the table by number would cost more than to look each number up.
        self.known = list(Line.objects.filter(number__in=numbers).order_by().values_list("pk", flat=True))
        return self.known

    def touches(self, merge):
        return {"lines": {line.pk for line in merge.written if line.pk}}

    def existing(self, candidates):
        return Line.objects.filter(pk__in=self.known).order_by()

    def may_update(self, instance, attrs):
        if instance.contract_id == attrs["contract_id"]:
            return True
        if attrs["state"] == LineState.CEASED:
            return False
        owner = self.contracts.owner
        return owner[instance.contract_id] == owner[attrs["contract_id"]]

    def replaced(self, instances):
        ids = [line.pk for line in instances if line.pk]
        today = clock.today()
        Line.objects.filter(pk__in=ids).update(state=LineState.CEASED, ceased_on=today, suspended_by="")
        states.close_all(ids, today)
        record_many(
            states.CEASED,
            [
                {
                    "contract_number": self.contracts.number[line.contract_id],
                    "obj": line,
                    "line_number": line.number,
                }
                for line in instances
            ],
        )

    def before_saving(self, merge):
        """Only a suspended line has a cause of suspension."""
        for line in merge.changed:
            if line.suspended_by and line.state != LineState.SUSPENDED:
                merge.before[line.pk]["suspended_by"] = line.suspended_by
                line.suspended_by = ""

    def after_saving(self, merge):
        self.touched.lines.update(line.pk for line in merge.created)
        today = clock.today()
        ended = [line for line in merge.changed if "state" in merge.before[line.pk] and not line.is_living]
        for day in {line.ceased_on for line in ended}:
            states.close_all([line.pk for line in ended if line.ceased_on == day], day)
        moved = [line.pk for line in merge.changed if "contract_id" in merge.before[line.pk]]
        if moved:
            moves.carry(moved, today)
        self._follow_states(merge)
        self._write_holders(merge, today)
        self._record(merge)

    def _follow_states(self, merge):
        """The main card of a line is in the line's state."""
        for state in LineState.values:
            ids = [
                line.pk for line in merge.changed if line.state == state and "state" in merge.before[line.pk]
            ]
            if ids and state != LineState.CEASED:
                SimCard.objects.filter(line__in=ids, role="main").update(state=state)

    def _write_holders(self, merge, today):
        changed = [
            line for line in merge.changed if set(_HOLDER) & set(merge.before[line.pk]) and line.is_living
        ]
        Holding.objects.filter(line__in=[line.pk for line in changed], ends_on=None).update(ends_on=today)
        begun = [(line, today, None) for line in changed]
        for line in merge.created:  # one that comes to us ceased was held until it ended
            ended = line.ceased_on
            begun.append((line, line.activated_on or ended or today, ended))
        Holding.objects.bulk_create(
            [
                Holding(
                    contract_id=line.contract_id,
                    line=line,
                    last_name=line.holder_last_name,
                    first_name=line.holder_first_name,
                    tax_code=line.holder_tax_code,
                    cost_centre=line.cost_centre,
                    starts_on=min(start, end) if end else start,
                    ends_on=end,
                )
                for line, start, end in begun
                if line.holder_name or line.holder_tax_code or line.cost_centre
            ],
            batch_size=1_000,
        )

    def _record(self, merge):
        number = self.contracts.number
        record_many(
            CHANGED,
            [
                {
                    "contract_number": number[line.contract_id],
                    "obj": line,
                    "line_number": line.number,
                    "changes": changes_in(merge, line, _LABELS),
                }
                for line in merge.changed
            ],
        )
        for contract, count in sorted(Counter(line.contract_id for line in merge.created).items()):
            record(CREATED, contract_number=number[contract], changes={"lines": [0, count]})

    def named_by(self, rows):
        numbers = [row.values.get("numero") for row in rows]
        if not all(numbers):
            return None
        return Line.objects.living().filter(number__in=numbers).order_by().values_list("pk", flat=True)

    def close(self, ids):
        return sum(len(states.cease(lines=chunk)) for chunk in inventory.chunks(ids))
