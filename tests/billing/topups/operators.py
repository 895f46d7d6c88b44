"""Operators that lose answers, are late, or say no."""

from __future__ import annotations

import random
from collections import Counter

from billing.topups.operator import Refused


class Unreliable:
    """O1: does it and loses the answer, loses the request, does it twice for one key where it does not honour it."""

    honours_key = True
    ledger: Counter = Counter()
    dice = random.Random(1)
    lost_after = lost_before = late = refused = 0.0
    late_ones: list = []

    @classmethod
    def reset(cls, seed: int = 1, **rates) -> None:
        cls.ledger, cls.dice, cls.late_ones = Counter(), random.Random(seed), []
        cls.lost_after = cls.lost_before = cls.late = cls.refused = cls.no_status = 0.0
        for name, value in rates.items():
            setattr(cls, name, value)

    def recharge(self, *, key, number, amount):
        luck = self.dice.random()
        if luck < self.refused:
            raise Refused("Numero non ricaricabile")
        luck -= self.refused
        if luck < self.lost_before:
            raise ConnectionError
        luck -= self.lost_before
        if luck < self.late:
            self.late_ones.append(key)  # it comes in half a minute
            raise TimeoutError
        luck -= self.late
        self._do(key)
        if luck < self.lost_after:
            raise TimeoutError

    def _do(self, key):
        if not (self.honours_key and self.ledger[key]):
            type(self).ledger[key] += 1

    def status(self, *, key):
        if self.dice.random() < self.no_status:
            raise ConnectionError
        return bool(self.ledger[key])

    @classmethod
    def half_a_minute_later(cls) -> None:
        late, cls.late_ones = cls.late_ones, []
        for key in late:
            cls()._do(key)


class Careless(Unreliable):
    """Does not honour keys: what is not known must never be sent again by us."""

    honours_key = False
