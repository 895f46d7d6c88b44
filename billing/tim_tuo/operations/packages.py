"""«Pacchetti/Plafond» (9.2.1.3): six sections on one page, one request at a time for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing import wallets
from billing.models import Basket, PackageProduct, PackageSection, PersonalPackage
from billing.tim_tuo import packages
from billing.tim_tuo.operations.common import OwnFlow, own_dual
from billing.tim_tuo.services import NotOpen
from lines.models import DualBilling, Line, LineState
from lines.operations.common import line_of
from portal import clock
from portal.identifiers import show_mobile
from portal.money import euro
from portal.operations.declare import Filing, Operation, Refusal, Unworkable
from portal.operations.models import OrderState, RequestItem, ServiceRequest
from portal.operations.services import drafts
from portal.operations.step import Step
from portal.operations.summary import Section

OFF = "off"
Sections = PackageSection


class PackageOperation(Operation):
    promise = timedelta(hours=4)
    personal = True

    def dual(self, item) -> DualBilling:
        dual = line_of(item).dual_billings.living().select_related("contract").first()
        if dual is None:
            raise Unworkable(_t("TIM TUO non è più attivo sulla linea."))
        return dual

    def details(self, request):
        return [(_t("Opzione"), request.values["name"])]


class StartPackage(PackageOperation):
    order_ends = OrderState.ACTIVE

    def fulfil(self, item):
        product = PackageProduct.objects.get(code=item.request.values["product"])
        try:
            packages.start(self.dual(item), product, key=f"request:{item.request.number}")
        except NotOpen as refusal:
            raise Unworkable(str(refusal)) from None


class StopPackage(PackageOperation):
    order_ends = OrderState.CEASED

    def fulfil(self, item):
        if not packages.stop(self.dual(item), item.request.values["section"]):
            raise Unworkable(_t("Non è più attivo."))


class StartNational(StartPackage):
    row, kind, title = "42", "package-national-on", _("Attivazione pacchetto nazionale + UE")


class StartRoaming(StartPackage):
    row, kind, title = "43", "package-roaming-on", _("Attivazione pacchetto roaming extra UE")


class StartData(StartPackage):
    row, kind, title = "44", "package-data-on", _("Attivazione plafond dati nazionali + UE")


class StartRoamingData(StartPackage):
    row, kind, title = "45", "package-roaming-data-on", _("Attivazione plafond dati roaming extra UE")


class StopNational(StopPackage):
    row, kind, title = "46", "package-national-off", _("Cessazione pacchetto nazionale + UE")


class StopRoaming(StopPackage):
    row, kind, title = "47", "package-roaming-off", _("Cessazione pacchetto roaming extra UE")


class StopData(StopPackage):
    row, kind, title = "48", "package-data-off", _("Cessazione plafond dati nazionali + UE")


class StopRoamingData(StopPackage):
    row, kind, title = "49", "package-roaming-data-off", _("Cessazione plafond dati roaming extra UE")


# «Exclusive» shares the texts of its sibling (Q75); what was chosen is kept with the request.
OPERATIONS = {
    Sections.NATIONAL: (StartNational, StopNational),
    Sections.DATA: (StartData, StopData),
    Sections.ROAMING: (StartRoaming, StopRoaming),
    Sections.ROAMING_EXCLUSIVE: (StartRoaming, StopRoaming),
    Sections.ROAMING_DATA: (StartRoamingData, StopRoamingData),
    Sections.ROAMING_DATA_EXCLUSIVE: (StartRoamingData, StopRoamingData),
}
ALL = tuple(dict.fromkeys(operation for pair in OPERATIONS.values() for operation in pair))
KINDS = tuple(operation.kind for operation in ALL)


def open_request(line_id: int) -> ServiceRequest | None:
    """The one open request about packages of the line, of whatever type (S-28)."""
    held = RequestItem.objects.filter(kind__in=KINDS, holds=True, subject_id=line_id)
    found = held.select_related("request").first()
    return found.request if found else None


@dataclass(slots=True)
class Panel:
    """One section of the page."""

    section: str
    label: str
    products: list[PackageProduct]
    active: PersonalPackage | None
    hint: str = ""  # why nothing can be chosen here
    may_start: bool = True


class PackagesStep(Step):
    name, label, template = "pacchetti", _("Pacchetti"), "billing/tim_tuo/packages_step.html"

    def __init__(self, flow):
        super().__init__(flow)
        self.error = ""

    @property
    def done(self) -> bool:
        answers = self.draft.values.get(self.name)
        return bool(answers) and not self.refusal(answers["section"], answers["choice"])

    def context(self, request: HttpRequest) -> dict:
        line, dual = self.flow.line, self.flow.dual
        return {
            "line": line,
            "credit": self.flow.credit,
            "panels": self.flow.panels(),
            "locked": open_request(line.pk),
            "error": self.error,
            "chosen": self.draft.values.get(self.name, {}),
            "dual": dual,
        }

    def recap(self):
        return [(_t("Opzione"), self.flow.wanted())] if self.name in self.draft.values else []

    def save(self, request: HttpRequest) -> bool:
        section, choice = request.POST.get("section", ""), request.POST.get("choice", "")
        self.error = self.refusal(section, choice)
        if self.error:
            return False
        drafts.change(self.draft, step=self.name, values={"section": section, "choice": choice})
        return True

    def refusal(self, section: str, choice: str) -> str:
        """Why this cannot be asked for now, or nothing."""
        if section not in Sections.values:
            return _t("Scegli un pacchetto o un plafond.")
        locked = open_request(self.flow.line.pk)
        if locked is not None:
            return _t("Aspetta che sia conclusa la pratica %(number)s prima di cambiare altre opzioni.") % {
                "number": locked.number
            }
        if choice == OFF:
            active = PersonalPackage.objects.living().filter(dual_billing=self.flow.dual, section=section)
            return "" if active.exists() else _t("In questa sezione non c'è niente di attivo.")
        product = PackageProduct.objects.offered().filter(section=section, code=choice).first()
        if product is None:
            return _t("Scegli una delle opzioni della sezione.")
        return packages.may_start(self.flow.dual, product)


class PackagesFlow(OwnFlow):
    name, function, operations = "tim-tuo-pacchetti", "9.2.1.3", ALL
    steps = (PackagesStep,)
    home = "billing:tim-tuo-packages"
    beside = KINDS

    @classmethod
    def is_open_to(cls, access):
        dual = own_dual(access)
        return dual is not None and dual.state == LineState.ACTIVE

    @cached_property
    def credit(self) -> Decimal:
        return wallets.balance(self.line.pk, Basket.PERSONAL)

    def panels(self) -> list[Panel]:
        active = {
            one.section: one
            for one in PersonalPackage.objects.living()
            .filter(dual_billing=self.dual)
            .select_related("product")
        }
        offered: dict[str, list[PackageProduct]] = {}
        for product in PackageProduct.objects.offered():
            offered.setdefault(product.section, []).append(product)
        roaming = packages.has_roaming(self.dual)
        return [
            self._panel(section, offered.get(section, []), active.get(section), roaming)
            for section in Sections
        ]

    def _panel(self, section, products, active, roaming: bool) -> Panel:
        panel = Panel(section.value, section.label, products, active)
        if section in packages.NEEDS_ROAMING and not roaming:
            panel.hint = _t("Serve l'opzione TIM TUO ROAMING ON EXTRA UE: chiedila al referente.")
            panel.may_start = False
        elif section == Sections.DATA and products:
            month = clock.month_start(clock.today())
            if self.dual.packages.filter(section=section, month=month).exists():
                panel.hint = _t("Un plafond al mese: potrai attivarne un altro il mese prossimo.")
                panel.may_start = False
        return panel

    # --- What was chosen ----------------------------------------------------------------------------------
    @property
    def product(self) -> PackageProduct | None:
        answers = self.values("pacchetti")
        return PackageProduct.objects.filter(code=answers["choice"], section=answers["section"]).first()

    def wanted(self) -> str:
        answers = self.values("pacchetti")
        label = str(Sections(answers["section"]).label)
        if answers["choice"] == OFF:
            return _t("Disattiva: %(section)s") % {"section": label}
        return f"{label}: {self.product.name}"

    def sections(self):
        values = [(_t("Linea"), show_mobile(self.line.number)), (_t("Richiesta"), self.wanted())]
        if self.product is not None:
            values += [
                (_t("Prezzo"), euro(self.product.price)),
                (_t("Credito personale residuo"), euro(self.credit)),
            ]
            if self.credit < self.product.price:
                values.append(
                    (
                        _t("Attenzione"),
                        _t("Il credito non basta: se non ricarichi prima, la richiesta sarà scartata."),
                    )
                )
        return [Section(_t("Pacchetti e plafond"), values)]

    def filings(self):
        # Two requests about different sections are of different kinds: the line is locked while one looks (S-28).
        Line.objects.select_for_update().get(pk=self.line.pk)
        step = PackagesStep(self)
        if not step.done:
            answers = self.values("pacchetti")
            raise Refusal(step.refusal(answers.get("section", ""), answers.get("choice", "")))
        answers = self.values("pacchetti")
        start, stop = OPERATIONS[Sections(answers["section"])]
        operation = stop if answers["choice"] == OFF else start
        values = {"section": answers["section"], "product": answers["choice"], "name": self.wanted()}
        yield Filing(operation, [self.item()], values)
