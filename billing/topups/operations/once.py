"""«Ricarica one shot» (7.3.4): one amount on one line, now."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models.top_up import ONE_OFF_AMOUNTS
from billing.topups import rules
from billing.topups.operations.common import OneLine, RuleOperation, TopUpFlow, amount_of
from portal.money import euro
from portal.operations.declare import Filing
from portal.operations.forms import DraftForm
from portal.operations.steps import FormStep
from portal.operations.summary import Section


class TopUpOnce(RuleOperation):
    row, kind, title = "7", "top-up-once", _("Ricarica one shot")
    promise = timedelta(hours=4)
    one_at_a_time = False  # S-28

    def amount(self, request) -> Decimal:
        return amount_of(request.values)

    def details(self, request):
        return [(_t("Tipo di ricarica"), self.title), (_t("Importo"), euro(request.values["amount"]))]

    def carry_out(self, item, line):
        rules.top_up_once(
            line=line,
            amount=amount_of(item.request.values),
            key=f"{item.request.number}:{item.pk}",
            request_number=item.request.number,
        )


class AmountForm(DraftForm):
    amount = forms.ChoiceField(
        label=_("Scegli l'importo"),
        choices=[(str(amount), euro(amount)) for amount in ONE_OFF_AMOUNTS],
        widget=forms.RadioSelect,
        help_text=_("IVA inclusa. L'importo è addebitato nella fattura dell'Amministrazione."),
    )


class AmountStep(FormStep):
    name, label = "importo", _("Importo ricarica")
    form_class = AmountForm


class TopUpOnceFlow(TopUpFlow):
    name, operations, steps = "ricarica-one-shot", (TopUpOnce,), (OneLine, AmountStep)

    @property
    def title(self):
        return _("Ricarica one shot")

    def filings(self):
        yield Filing(TopUpOnce, self.items(), self.values("importo"))

    def sections(self):
        values = self.values("importo")
        return [
            Section(
                _t("Ricarica"),
                [
                    (_t("Tipo di ricarica"), self.title),
                    (_t("Importo"), euro(values["amount"])),
                    (_t("Addebito"), _t("Nella fattura dell'Amministrazione, IVA inclusa")),
                ],
            )
        ]
