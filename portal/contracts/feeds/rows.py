"""The common way of loading rows into one table: find what is there, compare, write only the difference.

A batch costs a handful of statements whatever its size. The later of two rows about one thing wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _

from portal.contracts.feeds.reading import Row
from portal.contracts.feeds.registry import Feed, Outcome
from portal.contracts.models import Contract


@dataclass(slots=True)
class Candidate:
    """A row with its values turned into attributes of the model."""

    row: Row
    attrs: dict


@dataclass(slots=True)
class Merge:
    """What a batch does to a table; `before` holds the old values of each changed object."""

    created: list = field(default_factory=list)
    found: list = field(default_factory=list)  # there already, changed or not
    giving_way: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    before: dict[int, dict] = field(default_factory=dict)

    @property
    def written(self) -> list:
        """Everything the batch writes: what it found as the rows tell it is not among them."""
        return [*self.created, *self.changed, *self.giving_way]


@dataclass(slots=True)
class _Known:
    """What the table has, by identity: one living thing each, and any number of ended ones."""

    living: dict[Hashable, models.Model] = field(default_factory=dict)
    over: defaultdict[Hashable, list] = field(default_factory=lambda: defaultdict(list))

    def put(self, key: Hashable, instance: models.Model, is_over: bool) -> None:
        if not is_over:
            self.living[key] = instance
            return
        if self.living.get(key) is instance:
            del self.living[key]
        if instance not in self.over[key]:
            self.over[key].append(instance)


class ModelFeed(Feed):
    """Rows of one model, each known by `identity`. Things with a state end and may begin again later."""

    model: type[models.Model]

    # --- What a kind of file says -------------------------------------------------------------------------
    def resolve(self, rows: list[Row], outcome: Outcome) -> list[Candidate]:
        """Turn values into attributes, with the keys of what they refer to; reject what refers to nothing."""
        raise TypeError(f"{type(self).__name__} does not resolve its rows")

    def identity(self, attrs: dict) -> Hashable:
        """What the thing is known by, among those alive."""
        raise TypeError(f"{type(self).__name__} does not know its rows apart")

    def identity_of(self, instance: models.Model) -> Hashable:
        return self.identity(
            {f.attname: getattr(instance, f.attname) for f in instance._meta.concrete_fields}
        )

    def existing(self, candidates: list[Candidate]) -> Iterable[models.Model]:
        """Everything already there that the candidates may speak of, ended things included."""
        raise TypeError(f"{type(self).__name__} does not find what is there")

    def is_over(self, instance_or_attrs) -> bool:
        """Has it ended? Ended things are history: a row that is not about the past leaves them alone."""
        state = (
            instance_or_attrs.get("state")
            if isinstance(instance_or_attrs, dict)
            else getattr(instance_or_attrs, "state", None)
        )
        return state == "ceased"

    def may_update(self, instance: models.Model, attrs: dict) -> bool:
        """False where the row speaks of a new thing that takes the place of the living one."""
        return True

    def hold(self, candidates: list[Candidate]) -> None:
        """Lock what the batch may change, before it is read and compared."""

    @contextmanager
    def around(self, merge: Merge) -> Iterator[None]:
        """What has to be kept true while the changes are written."""
        yield

    def replaced(self, instances: list[models.Model]) -> None:
        """Living things that give way to new ones, before these are written."""

    def before_saving(self, merge: Merge) -> None:
        """What has to move out of the way first."""

    def after_saving(self, merge: Merge) -> None:
        """What follows from the changes: ledger, dependents, register."""

    # --- How it is loaded ---------------------------------------------------------------------------------
    def load(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        candidates = self.resolve(rows, outcome)
        self.hold(candidates)
        merge = self._merge(candidates, outcome)
        with self.around(merge):
            if merge.giving_way:
                self.replaced(merge.giving_way)
            self.before_saving(merge)
            self._save(merge)
            self.after_saving(merge)
        outcome.seen.extend(instance.pk for instance in (*merge.created, *merge.found))
        return outcome

    def _merge(self, candidates: list[Candidate], outcome: Outcome) -> Merge:
        merge = Merge()
        known = self._index(candidates)
        for candidate in sorted(candidates, key=lambda one: not self.is_over(one.attrs)):
            attrs = candidate.attrs
            present = self._match(attrs, known, merge)
            if present is None:
                present = self.model(**attrs)
                merge.created.append(present)
                outcome.created += 1
            else:
                self._update(present, attrs, merge, outcome)
            known.put(self.identity_of(present), present, self.is_over(present))
        return merge

    def _match(self, attrs: dict, known: _Known, merge: Merge):
        """The object a row speaks of. History comes first in a batch, and never touches what lives on."""
        key = self.identity(attrs)
        alive = known.living.get(key)
        if self.is_over(attrs):
            if alive is not None and self.may_update(alive, attrs) and _may_be_its_end(alive, attrs):
                return alive
            return _same_past(known.over[key], attrs)
        if alive is not None and not self.may_update(alive, attrs):
            merge.giving_way.append(known.living.pop(key))
            return None
        return alive

    def _index(self, candidates: list[Candidate]) -> _Known:
        known = _Known()
        for instance in self.existing(candidates):
            known.put(self.identity_of(instance), instance, self.is_over(instance))
        return known

    def _update(self, present, attrs: dict, merge: Merge, outcome: Outcome) -> None:
        old = {
            name: getattr(present, name) for name, value in attrs.items() if getattr(present, name) != value
        }
        for name in old:
            setattr(present, name, attrs[name])
        if present.pk is None:
            outcome.changed += bool(old)
            outcome.unchanged += not old
            return
        merge.found.append(present)
        if not old:
            outcome.unchanged += 1
            return
        outcome.changed += 1
        if present.pk not in merge.before:
            merge.before[present.pk] = {}
            merge.changed.append(present)
        merge.before[present.pk] = old | merge.before[present.pk]

    def _save(self, merge: Merge) -> None:
        names = sorted({name for old in merge.before.values() for name in old})
        if merge.changed:
            self.model.objects.bulk_create(
                merge.changed,
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=[self.model._meta.get_field(name.removesuffix("_id")).name for name in names],
                batch_size=1_000,
            )
        self.model.objects.bulk_create(merge.created, batch_size=1_000)


def _may_be_its_end(alive, attrs: dict) -> bool:
    """A row that tells an end is not about a thing that began on another day."""
    began = attrs.get("activated_on")
    return began is None or getattr(alive, "activated_on", None) in (None, began)


def _same_past(ended: list[models.Model], attrs: dict):
    """The ended thing a row about the past speaks of: known by its beginning, or else by its end."""
    for name in ("activated_on", "ceased_on"):
        day = attrs.get(name)
        if day is not None:
            for instance in ended:
                if getattr(instance, name) == day:
                    return instance
    return None


class Contracts:
    """The contracts a file speaks of, looked up once."""

    def __init__(self):
        rows = Contract.objects.values_list("number", "pk", "organization_id", "ceased_on")
        self._by_number = {number: (pk, owner, ceased) for number, pk, owner, ceased in rows}
        self.owner = {pk: owner for pk, owner, _ceased in self._by_number.values()}
        self.number = {pk: number for number, (pk, _owner, _ceased) in self._by_number.items()}

    def resolve(self, rows: list[Row], outcome: Outcome, column: str = "contratto") -> list[tuple[Row, int]]:
        """(row, key of its contract) for the rows that name a known one."""
        found = []
        for row in rows:
            contract = self._by_number.get(row.values[column])
            if contract is None:
                outcome.reject(row, _("Il contratto non esiste."))
            else:
                found.append((row, contract[0]))
        return found

    def key(self, number: str) -> int | None:
        known = self._by_number.get(number)
        return known[0] if known else None
