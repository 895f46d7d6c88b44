"""«Cambio carta SIM»: by the ROA on any line (7.3.8), by an employee on the own one (9.1.4). One operation."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.inventory import SECONDARY_PLAN
from lines.models import LineState, SimCard, SwapReason
from lines.services import sims
from portal.accounts import risk
from portal.accounts.models import User
from portal.forms import NewIccidField
from portal.identifiers import show_mobile
from portal.lists import (
    Column,
    DateColumn,
    Empty,
    IccidColumn,
    LineFinder,
    ListPage,
    MobileColumn,
    PortalTable,
    StateColumn,
)
from portal.operations.declare import Filing, Flow, Gate, Item, Operation, Unworkable
from portal.operations.forms import DraftForm
from portal.operations.models import RequestItem
from portal.operations.steps import FormStep, LinesStep

IN_USE = (LineState.ACTIVE, LineState.SUSPENDED)


class SwapSim(Operation):
    row, kind, title = "12", "sim-swap", _("Cambio carta SIM")
    promise = timedelta(hours=4)
    risky = risk.Action.SIM_ORDER

    def details(self, request):
        values = request.values
        return [
            (_t("Vecchio ICCID"), values["old_iccid"]),
            (_t("Nuovo ICCID"), values["iccid"]),
            (_t("Causale"), values["reason"]),
        ]

    def fulfil(self, item):
        sim = SimCard.objects.select_related("line").filter(pk=item.subject_id).first()
        if sim is None or sim.line is None:
            raise Unworkable(_t("La SIM non è più su una linea."))
        number = sim.line.number
        try:
            sims.swap(sim=sim, iccid=item.values["iccid"], cause=item.values["reason"])
        except sims.SimNotUsable as refusal:
            raise Unworkable(str(refusal)) from None
        # Whoever holds the new card receives the codes of this number from now on.
        if User.objects.filter(mobile_number=number, is_active=True).exists():
            risk.hold(
                number=number, reason=_t("Cambio SIM: pratica %(number)s") % {"number": item.request.number}
            )


# --- Choosing the card ------------------------------------------------------------------------------------------
class SimTable(PortalTable):
    number = MobileColumn(_("Numero"), accessor="line__number", fixed=True)
    iccid = IccidColumn(_("ICCID"), fixed=True)
    plan = Column(_("Profilo tariffario"), accessor="line__plan__name", orderable=False)
    activated_on = DateColumn(_("Attivazione"), orderable=False)
    state = StateColumn(_("Stato"), orderable=False)

    def render_plan(self, record):
        return SECONDARY_PLAN if record.role == SimCard.Role.SECONDARY else record.line.plan.name


class SimPage(ListPage):
    function = "7.3.8"
    queryset = SimCard.objects.inventory().living().select_related("line__plan")
    table, search = SimTable, LineFinder(number="line__number", iccid="iccid")
    default_order = ("number", "iccid")
    totals, noun = _("Tot. SIM"), _("linee")
    empty = Empty(_("Su questo contratto non ci sono SIM da cambiare."))


def own_sims(access):
    return SimCard.objects.inventory().living().own(access).select_related("line__plan")


class OwnSimPage(SimPage):
    function = "9.1.4"
    queryset = own_sims
    search = LineFinder(
        iccid="iccid",
        label=_("ICCID della SIM da sostituire"),
        help=_("È stampato sulla SIM o sulla sua tessera: scrivilo senza l'ultima cifra."),
    )
    empty = Empty(_("Sulla tua linea non c'è una SIM da cambiare."))


class SimChoice(LinesStep):
    list_page, single = SimPage, True
    label = _("Linea")
    intro = "lines/operations/swap_intro.html"

    def eligible(self):
        return self.scope().filter(state__in=IN_USE)

    def label_of(self, record):
        return f"{show_mobile(record.line.number)} {record.iccid}"


class OwnSimChoice(SimChoice):
    list_page = OwnSimPage


# --- The new card -----------------------------------------------------------------------------------------------
class SwapForm(DraftForm):
    iccid = NewIccidField(
        help_text=_(
            "Scrivi le ultime 10 cifre stampate sulla nuova SIM, senza i 4 caratteri finali (per esempio L45C)."
        )
    )
    reason = forms.ChoiceField(label=_("Causale"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = ((reason.code, reason.title) for reason in SwapReason.objects.offered())
        self.fields["reason"].choices = [("", _("Scegli")), *offered]

    def clean_iccid(self) -> str:
        iccid, sim = self.cleaned_data["iccid"], self.flow.sim
        if sim is not None and iccid == sim.iccid:
            raise ValidationError(_("Il nuovo ICCID è uguale a quello attuale."))
        known = SimCard.objects.filter(iccid=iccid).first()
        if known is not None and not _in_stock_of(known, self.flow.draft.contract_id):
            raise ValidationError(_("Questa SIM è già in uso: controlla le cifre."))
        held = RequestItem.objects.filter(kind=SwapSim.kind, holds=True, values__iccid=iccid).first()
        if held is not None:
            raise ValidationError(
                _("Questa SIM è già indicata nella pratica %(number)s."),
                params={"number": held.request.number},
            )
        return iccid


def _in_stock_of(sim: SimCard, contract_id: int) -> bool:
    return sim.contract_id == contract_id and sim.line_id is None and sim.state == LineState.FROZEN


class SwapStep(FormStep):
    name, label, submit = "cambio", _("Riepilogo dati"), _("SALVA")
    form_class = SwapForm
    intro = "lines/operations/swap_summary.html"

    def context(self, request):
        return super().context(request) | {"sim": self.flow.sim}


class SwapFlow(Flow):
    name, function, operations = "cambio-sim", "7.3.8", (SwapSim,)
    steps, gate = (SimChoice, SwapStep), Gate.PLAIN

    @cached_property
    def sim(self) -> SimCard | None:
        """The card to be changed, of those the person may see."""
        chosen = self.steps[0](self).chosen()
        return chosen.select_related("line__plan").first()

    def filings(self):
        answers = self.values("cambio")
        reason = SwapReason.objects.get(code=answers["reason"])
        values = {"iccid": answers["iccid"], "reason": reason.name, "old_iccid": self.sim.iccid}
        number = self.sim.line.number
        yield Filing(SwapSim, [Item(self.sim.pk, f"{number} {self.sim.iccid}", number, values)], values)


class OwnSwapFlow(SwapFlow):
    name, function, steps = "cambio-mia-sim", "9.1.4", (OwnSimChoice, SwapStep)

    @classmethod
    def contract_of(cls, access):
        return access.own_line.contract_id
