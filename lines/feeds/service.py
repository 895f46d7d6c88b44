"""Services on lines and on contracts, and TIM TUO."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lines import inventory
from lines.feeds.base import DATES, STATE, InventoryFeed, state_of
from lines.models import ContractService, DualBilling, LineService, LineState
from portal import clock, identifiers
from portal.audit.actions import action
from portal.audit.services import record_many
from portal.contracts.feeds.columns import Column, amount, percent, text
from portal.contracts.feeds.registry import register
from portal.contracts.feeds.rows import Candidate

SERVICE_CHANGED = action("feeds.service.changed", gettext_lazy("Servizio modificato da flusso dati"))
DUAL_CHANGED = action("feeds.dual_billing.changed", gettext_lazy("TIM TUO modificato da flusso dati"))
CONTRACT_CHANGED = action(
    "feeds.contract_service.changed", gettext_lazy("Servizio del contratto modificato da flusso dati")
)

_LINE = (
    Column("contratto", identifiers.contract, needed=True),
    Column("numero", identifiers.mobile, needed=True),
)


class LineThingFeed(InventoryFeed):
    """Rows that hang on a line."""

    closes = True
    changed = ""
    optional: dict[str, str] = {}

    def attrs_of(self, row, line) -> dict:
        raise TypeError(f"{type(self).__name__} does not read its rows")

    def resolve(self, rows, outcome):
        found = []
        for row, line in self.lines_of(self.contracts.resolve(rows, outcome), outcome):
            state = state_of(row, outcome)
            if state is None:
                continue
            if not line.is_living and state["state"] != LineState.CEASED:
                outcome.reject(row, _("La linea è cessata."))
            else:
                common = {"contract_id": line.contract_id, "line_id": line.pk, "number": line.number}
                given = {
                    name: row.values[column] for column, name in self.optional.items() if column in row.values
                }
                found.append(Candidate(row, common | self.attrs_of(row, line) | given | state))
        return found

    def after_saving(self, merge):
        record_many(
            self.changed,
            [
                {
                    "contract_number": self.contracts.number[one.contract_id],
                    "obj": one,
                    "line_number": one.number,
                    "changes": {
                        name: [old, getattr(one, name)] for name, old in merge.before[one.pk].items()
                    },
                }
                for one in merge.changed
            ],
        )

    def close(self, ids):
        closed = 0
        for chunk in inventory.chunks(ids):
            rows = self.model.objects.living().filter(pk__in=chunk)
            with inventory.changing(lines=rows.values_list("line", flat=True)):
                closed += rows.update(state=LineState.CEASED, ceased_on=clock.today())
        return closed


@register
class LineServiceFeed(LineThingFeed):
    kind, label, order = "services", gettext_lazy("Servizi su linea (STS)"), 70
    model = LineService
    changed = SERVICE_CHANGED
    columns = (
        *_LINE,
        Column("codice", text(40), needed=True),
        Column("descrizione", text(80), needed=True),
        Column("dettaglio", text(80)),
        STATE,
        *DATES,
        Column("quota_ente", percent, blank=100),
        Column("canone", amount, blank=0),
    )
    optional = {"dettaglio": "detail", "quota_ente": "organization_share", "canone": "fee"}

    def attrs_of(self, row, line):
        return {"kind": "service", "code": row.values["codice"], "description": row.values["descrizione"]}

    def identity(self, attrs):
        return attrs["line_id"], attrs["code"], attrs.get("detail", "")

    def existing(self, candidates):
        lines = [one.attrs["line_id"] for one in candidates]
        return LineService.objects.supplementary().filter(line__in=lines).order_by()

    def living(self):
        rows = LineService.objects.supplementary().living().order_by("pk")
        return rows.values_list("pk", flat=True).iterator()


@register
class DualBillingFeed(LineThingFeed):
    kind, label, order = "dual-billing", gettext_lazy("TIM TUO"), 80
    model = DualBilling
    changed = DUAL_CHANGED
    columns = (
        *_LINE,
        Column("codice", identifiers.personal_contract),
        Column("cognome", text(60)),
        Column("nome", text(60)),
        Column("codice_fiscale", identifiers.person_tax_code),
        STATE,
        *DATES,
    )
    optional = {"codice": "code", "cognome": "last_name", "nome": "first_name", "codice_fiscale": "tax_code"}

    def attrs_of(self, row, line):
        return {"billing_type": line.billing_type}

    def identity(self, attrs):
        return attrs["line_id"]

    def existing(self, candidates):
        return DualBilling.objects.filter(line__in=[one.attrs["line_id"] for one in candidates]).order_by()

    def may_update(self, instance, attrs):
        """Another personal contract is another subscription."""
        return not instance.code or attrs.get("code", instance.code) == instance.code

    def replaced(self, instances):
        DualBilling.objects.filter(pk__in=[one.pk for one in instances]).update(
            state=LineState.CEASED, ceased_on=clock.today()
        )


@register
class ContractServiceFeed(InventoryFeed):
    kind, label, order, closes = "contract-services", gettext_lazy("Servizi a contratto (SAC)"), 60, True
    model = ContractService
    columns = (
        Column("contratto", identifiers.contract, needed=True),
        Column("codice", text(40), needed=True),
        Column("descrizione", text(80), needed=True),
        STATE,
        *DATES,
    )

    def resolve(self, rows, outcome):
        found = []
        for row, contract in self.contracts.resolve(rows, outcome):
            state = state_of(row, outcome)
            if state is not None:
                values = {"code": row.values["codice"], "description": row.values["descrizione"]}
                found.append(Candidate(row, {"contract_id": contract, **values, **state}))
        return found

    def identity(self, attrs):
        return attrs["contract_id"], attrs["code"]

    def touches(self, merge):
        return {"contracts": {one.contract_id for one in merge.written}}

    def existing(self, candidates):
        return ContractService.objects.filter(contract__in={one.attrs["contract_id"] for one in candidates})

    def after_saving(self, merge):
        record_many(
            CONTRACT_CHANGED,
            [
                {
                    "contract_number": self.contracts.number[one.contract_id],
                    "obj": one,
                    "changes": {
                        name: [old, getattr(one, name)] for name, old in merge.before[one.pk].items()
                    },
                }
                for one in merge.changed
            ],
        )

    def named_by(self, rows):
        contracts = [self.contracts.key(row.values.get("contratto", "")) for row in rows]
        if not all(contracts):
            return None
        return ContractService.objects.filter(contract__in=contracts).values_list("pk", flat=True)

    def close(self, ids):
        rows = ContractService.objects.filter(pk__in=ids).exclude(state=LineState.CEASED)
        with inventory.changing(contracts=rows.values_list("contract", flat=True)):
            return rows.update(state=LineState.CEASED, ceased_on=clock.today())
