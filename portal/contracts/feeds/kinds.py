"""Organizations, contracts and referents."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock, identifiers
from portal.audit.actions import action
from portal.audit.services import difference, record_many
from portal.contracts.feeds.columns import Column, choices, day, email, text
from portal.contracts.feeds.reading import Row
from portal.contracts.feeds.registry import Outcome, register
from portal.contracts.feeds.rows import Candidate, Contracts, Merge, ModelFeed
from portal.contracts.models import Address, Contract, FrameworkAgreement, Organization, Referent

CONTRACT_CHANGED = action("feeds.contract.changed", gettext_lazy("Contratto modificato da flusso dati"))
REFERENT_CHANGED = action("feeds.referent.changed", gettext_lazy("Referente modificato da flusso dati"))

_ADDRESS = {
    "via": ("street_type", 30),
    "indirizzo": ("street", 120),
    "civico": ("civic", 12),
    "cap": ("postal_code", 5),
    "comune": ("municipality", 80),
    "provincia": ("province", 2),
    "frazione": ("hamlet", 80),
    "attenzione": ("attention", 80),
}


_WHOLE_ADDRESS = ("street_type", "street", "civic", "postal_code", "municipality", "province")


def _address_columns(prefix: str) -> tuple[Column, ...]:
    return tuple(
        Column(f"{prefix}_{name}", identifiers.postal_code if name == "cap" else text(longest))
        for name, (_attribute, longest) in _ADDRESS.items()
    )


class WithAddresses(ModelFeed):
    """Some columns belong to addresses of the object: `addresses` maps their prefix to the attribute."""

    addresses: dict[str, str] = {}

    def load(self, rows: list[Row]) -> Outcome:
        self._typed: dict = {}
        return super().load(rows)

    def take(self, row: Row, attrs: dict, outcome: Outcome, found: list[Candidate]) -> None:
        """A candidate with its addresses; half an address is none."""
        typed = {
            attribute: {
                inner: row.values[f"{prefix}_{name}"]
                for name, (inner, _longest) in _ADDRESS.items()
                if f"{prefix}_{name}" in row.values
            }
            for prefix, attribute in self.addresses.items()
        }
        for values in typed.values():
            if any(values.values()) and not all(values.get(inner) for inner in _WHOLE_ADDRESS):
                outcome.reject(
                    row,
                    _("Un indirizzo è incompleto: servono via, indirizzo, civico, CAP, comune e provincia."),
                )
                return
        self._typed[self.identity(attrs)] = typed
        found.append(Candidate(row, attrs))

    def before_saving(self, merge: Merge) -> None:
        """Addresses first: the rows that point to them come after."""
        new, old = [], []
        for instance in (*merge.created, *merge.found):
            for attribute, values in self._typed[self.identity_of(instance)].items():
                present = getattr(instance, attribute)
                if present is None and any(values.values()):
                    made = Address(**values)
                    setattr(instance, attribute, made)
                    new.append((instance, attribute, made))
                elif present is not None and difference(present, values):
                    for name, value in values.items():
                        setattr(present, name, value)
                    old.append(present)
        Address.objects.bulk_create([made for _owner, _attribute, made in new])
        if old:
            Address.objects.bulk_update(old, [inner for inner, _longest in _ADDRESS.values()], batch_size=200)
        self._point(merge, new)

    def _point(self, merge: Merge, new: list) -> None:
        for instance, attribute, made in new:
            setattr(instance, attribute, made)
            if instance.pk is not None:
                if instance.pk not in merge.before:
                    merge.before[instance.pk] = {}
                    merge.changed.append(instance)
                merge.before[instance.pk].setdefault(f"{attribute}_id", None)


@register
class OrganizationFeed(WithAddresses):
    kind, label, order = "organizations", gettext_lazy("Enti"), 10
    model = Organization
    addresses = {"sede": "registered_seat"}
    columns = (
        Column("codice_fiscale", identifiers.organization_tax_code, needed=True),
        Column("descrizione", text(160), needed=True),
        Column("legale_nome", text(60)),
        Column("legale_cognome", text(60)),
        Column("legale_email", email),
        Column("legale_cellulare", identifiers.callback_phone),
        Column("legale_codice_fiscale", identifiers.person_tax_code),
        *_address_columns("sede"),
    )
    _ATTRIBUTES = {
        "codice_fiscale": "tax_code",
        "descrizione": "name",
        "legale_nome": "legal_first_name",
        "legale_cognome": "legal_last_name",
        "legale_email": "legal_email",
        "legale_cellulare": "legal_mobile",
        "legale_codice_fiscale": "legal_tax_code",
    }

    def resolve(self, rows, outcome):
        found = []
        for row in rows:
            attrs = {
                name: row.values[column] for column, name in self._ATTRIBUTES.items() if column in row.values
            }
            self.take(row, attrs, outcome, found)
        return found

    def identity(self, attrs):
        return attrs["tax_code"]

    def existing(self, candidates):
        codes = [candidate.attrs["tax_code"] for candidate in candidates]
        return Organization.objects.filter(tax_code__in=codes).select_related("registered_seat")


@register
class ContractFeed(WithAddresses):
    """A full file ends the contracts it does not name."""

    kind, label, order, closes = "contracts", gettext_lazy("Contratti"), 20, True
    model = Contract
    addresses = {"fatture": "invoice_address", "documenti": "papers_address"}
    columns = (
        Column("contratto", identifiers.contract, needed=True),
        Column("codice_fiscale_ente", identifiers.organization_tax_code, needed=True),
        Column("convenzione", text(5), needed=True),
        Column("attivazione", day, needed=True),
        Column("cessazione", day, blank=None),
        *_address_columns("fatture"),
        *_address_columns("documenti"),
    )

    def resolve(self, rows, outcome):
        codes = {row.values["codice_fiscale_ente"] for row in rows}
        owners = dict(Organization.objects.filter(tax_code__in=codes).values_list("tax_code", "pk"))
        agreements = {
            str(number): pk for number, pk in FrameworkAgreement.objects.values_list("number", "pk")
        }
        found = []
        for row in rows:
            owner = owners.get(row.values["codice_fiscale_ente"])
            agreement = agreements.get(row.values["convenzione"])
            if owner is None:
                outcome.reject(row, _("L'ente non esiste."))
            elif agreement is None:
                outcome.reject(row, _("La convenzione non esiste."))
            else:
                self.take(row, self._attrs(row, owner, agreement), outcome, found)
        return found

    @staticmethod
    def _attrs(row: Row, owner: int, agreement: int) -> dict:
        values = row.values
        attrs = {
            "number": values["contratto"],
            "organization_id": owner,
            "agreement_id": agreement,
            "activated_on": values["attivazione"],
        }
        if "cessazione" in values:
            attrs["ceased_on"] = values["cessazione"]
        return attrs

    def identity(self, attrs):
        return attrs["number"]

    def existing(self, candidates):
        numbers = [candidate.attrs["number"] for candidate in candidates]
        rows = Contract.objects.filter(number__in=numbers)
        return rows.select_related("invoice_address", "papers_address")

    def after_saving(self, merge):
        record_many(
            CONTRACT_CHANGED,
            [
                {"contract": one, "obj": one, "changes": _changes(one, merge.before[one.pk])}
                for one in merge.changed
            ],
        )
        touched = [one.pk for one in (*merge.created, *merge.found)]
        Contract.objects.filter(pk__in=touched).update(data_as_of=clock.now())

    def named_by(self, rows):
        numbers = [row.values.get("contratto") for row in rows]
        if not all(numbers):
            return None
        return Contract.objects.filter(number__in=numbers).values_list("pk", flat=True)

    def living(self):
        return Contract.objects.filter(ceased_on=None).order_by("pk").values_list("pk", flat=True).iterator()

    def close(self, ids):
        return Contract.objects.filter(pk__in=ids).update(ceased_on=clock.today())


@register
class ReferentFeed(ModelFeed):
    """Another number or another person is another referent: the old one's task ends, a new one begins."""

    kind, label, order, closes = "referents", gettext_lazy("Referenti"), 30, True
    model = Referent
    columns = (
        Column("contratto", identifiers.contract, needed=True),
        Column("tipologia", choices(Referent.Role), needed=True),
        Column("codice_fiscale", identifiers.person_tax_code, needed=True),
        Column("cognome", text(60), needed=True),
        Column("nome", text(60), needed=True),
        Column("cellulare", identifiers.mobile, needed=True),
        Column("email", email, needed=True),
    )

    def __init__(self, given):
        super().__init__(given)
        self.contracts = Contracts()

    def resolve(self, rows, outcome):
        found = []
        for row, contract in self.contracts.resolve(rows, outcome):
            values = row.values
            attrs = {
                "contract_id": contract,
                "role": values["tipologia"],
                "tax_code": values["codice_fiscale"],
                "last_name": values["cognome"],
                "first_name": values["nome"],
                "mobile_number": values["cellulare"],
                "email": values["email"],
            }
            found.append(Candidate(row, attrs))
        return found

    def identity(self, attrs):
        """One Master a contract; of the others, one a person and role."""
        who = "" if attrs["role"] == Referent.Role.MASTER else attrs["tax_code"]
        return attrs["contract_id"], attrs["role"], who

    def existing(self, candidates):
        contracts = {candidate.attrs["contract_id"] for candidate in candidates}
        return Referent.objects.filter(contract__in=contracts, valid_to=None).select_related("contract")

    def may_update(self, instance, attrs):
        same = (attrs["tax_code"], attrs["mobile_number"])
        return (instance.tax_code, instance.mobile_number) == same

    def replaced(self, instances):
        self._end([instance.pk for instance in instances])

    def after_saving(self, merge):
        entries = defaultdict(dict)
        for one in merge.changed:
            entries[one] = _changes(one, merge.before[one.pk])
        for one in merge.created:
            entries[one] = {"mobile_number": ["", one.mobile_number], "email": ["", one.email]}
        record_many(
            REFERENT_CHANGED,
            [
                {"contract_number": self.contracts.number[one.contract_id], "obj": one, "changes": changes}
                for one, changes in entries.items()
            ],
        )

    def named_by(self, rows):
        wanted = Q(pk__in=())
        for row in rows:
            contract = self.contracts.key(row.values.get("contratto", ""))
            if contract is None:
                return None
            wanted |= Q(contract=contract)
        return Referent.objects.filter(wanted, valid_to=None).values_list("pk", flat=True)

    def living(self):
        return Referent.objects.filter(valid_to=None).order_by("pk").values_list("pk", flat=True).iterator()

    def close(self, ids):
        return self._end(ids)

    def _end(self, ids) -> int:
        return Referent.objects.filter(pk__in=ids, valid_to=None).update(valid_to=clock.now())


def _changes(instance, before: dict) -> dict:
    return {name: [old, getattr(instance, name)] for name, old in before.items()}
