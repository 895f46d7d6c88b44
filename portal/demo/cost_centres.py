"""Cost centres of the demo: a tree for each organization, its lines assigned, one department moved, one line shared."""

from __future__ import annotations

from decimal import Decimal

from billing.ebill import services
from billing.ebill.splitting import Share
from billing.models import CostCentre
from lines.models import Line
from portal import clock
from portal.contracts.models import Contract
from portal.demo.people import A2, A, B, C

# (code, name, code of what it is part of, how much of the lines)
HOSPITAL = (
    ("DG", "Direzione generale", "", 2),
    ("DG.COM", "Comunicazione e relazioni con il pubblico", "DG", 1),
    ("AMM", "Area amministrativa", "", 4),
    ("AMM.ECO", "Economato e acquisti", "AMM", 3),
    ("AMM.PER", "Risorse umane", "AMM", 3),
    ("AMM.ITS", "Sistemi informativi", "AMM", 5),
    ("OSP", "Presidi ospedalieri", "", 4),
    ("OSP.NORD", "Ospedale Nord", "OSP", 22),
    ("OSP.SUD", "Ospedale Sud", "OSP", 18),
    ("TER", "Assistenza territoriale", "", 6),
    ("TER.DOM", "Cure domiciliari", "TER", 16),
    ("TER.118", "Emergenza territoriale", "TER", 9),
)
TOWN = (
    ("SEG", "Segreteria generale", "", 2),
    ("POL", "Polizia locale", "", 6),
    ("TEC", "Area tecnica", "", 5),
    ("TEC.STR", "Strade e segnaletica", "TEC", 4),
    ("SOC", "Servizi sociali e scuola", "", 5),
)
UNIVERSITY = (
    ("RET", "Rettorato", "", 2),
    ("DIP.ING", "Dipartimento di Ingegneria", "", 4),
    ("BIB", "Biblioteche", "", 2),
)
TREES = {A: HOSPITAL, A2: HOSPITAL[:6], B: TOWN, C: UNIVERSITY}
ASSIGNED = 93  # of a hundred lines: the others are still to be assigned


def make() -> None:
    if CostCentre.objects.exists():
        return
    for contract in Contract.objects.filter(number__in=TREES).order_by("number"):
        _Tree(contract, TREES[contract.number]).tell()


class _Tree:
    def __init__(self, contract: Contract, rows: tuple):
        self.contract, self.rows = contract, rows
        self.centres: dict[str, CostCentre] = {}
        self.first = clock.add_months(clock.month_start(clock.today()), -14)

    def tell(self) -> None:
        for code, name, parent, _weight in self.rows:
            self.centres[code] = services.save_centre(
                contract=self.contract, code=code, name=name, parent=self.centres.get(parent)
            )
        for code, lines in self._shares_of_lines().items():
            self._assign(lines, self.first, Share(self.centres[code].pk, percent=Decimal(100)))
        if self.contract.number == A:
            self._stories()

    def _shares_of_lines(self) -> dict[str, list[int]]:
        """Lines in the order of their numbers, as departments get them: in blocks."""
        lines = list(
            Line.objects.filter(contract=self.contract).order_by("number").values_list("pk", flat=True)
        )
        lines = [pk for place, pk in enumerate(lines) if place % 100 < ASSIGNED]
        whole, begun, found = sum(row[3] for row in self.rows), 0, {}
        for code, _name, _parent, weight in self.rows:
            ends = begun + len(lines) * weight // whole
            found[code], begun = lines[begun:ends], ends
        return found

    def _assign(self, lines: list[int], month, *shares: Share) -> None:
        split = services.split_of(contract_id=self.contract.pk, shares=shares)
        services.assign(lines=lines, split=split, on=month, contract=self.contract)

    def _stories(self) -> None:
        """Forty lines went from one hospital to the other, the help desk is shared, the director's line too."""
        north = self._lines_of("OSP.NORD")
        moved = clock.add_months(clock.month_start(clock.today()), -3)
        self._assign(north[:40], moved, Share(self.centres["OSP.SUD"].pk, percent=Decimal(100)))
        shared = (
            Share(self.centres["AMM.ITS"].pk, percent=Decimal(50)),
            Share(self.centres["OSP.NORD"].pk, percent=Decimal("30")),
            Share(self.centres["TER.DOM"].pk, percent=Decimal("20")),
        )
        self._assign(self._lines_of("AMM.ITS")[:25], self.first, *shared)
        fixed = (
            Share(self.centres["DG"].pk, fixed=Decimal("5.00")),
            Share(self.centres["DG.COM"].pk, percent=Decimal(100)),
        )
        self._assign(self._lines_of("DG")[:1], self.first, *fixed)

    def _lines_of(self, code: str) -> list[int]:
        rows = Line.objects.filter(cost_assignments__split__shares__centre=self.centres[code])
        return list(rows.order_by("number").values_list("pk", flat=True))
