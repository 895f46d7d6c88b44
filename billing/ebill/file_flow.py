"""Cost centres by file: a row for each line and centre, a dry run, then only what is right is filed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from billing.ebill import downloads, file_rows, months, services
from billing.ebill.operations import AssignCentre
from billing.ebill.splitting import Share, WrongShares
from billing.models import CostCentre
from lines.models import Line
from portal import pdf
from portal.contracts.views import serves
from portal.identifiers import show_mobile
from portal.lists import writers
from portal.lists.writers import Field, Kind
from portal.operations.declare import Filing, Flow, Gate, Item, Question, Refusal
from portal.operations.reading import LARGEST, Unreadable
from portal.operations.services import drafts
from portal.operations.step import Step
from portal.operations.summary import Rows, Section

SHOWN, REFUSED_KEPT = 50, 5_000
REFUSED_FIELDS = (Field("riga", Kind.NUMBER), Field("numero"), Field("centro"), Field("motivo"))
SAMPLE = (
    "numero;centro;percentuale;quota_fissa;dal\r\n"
    "3312540031;A10;;;01/09/2026\r\n3312540032;A10;60;;01/09/2026\r\n3312540032;B20;40;;01/09/2026\r\n"
)


class CentresFileForm(forms.Form):
    file = forms.FileField(
        label=_("File csv o Excel (.xlsx)"),
        help_text=_("Al massimo 100.000 righe e 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("Il file supera 10 MB: dividilo."))
        return file


class FileStep(Step):
    name, label = "file", _("File")
    template = "billing/ebill/file_step.html"

    def __init__(self, flow):
        super().__init__(flow)
        self.form: CentresFileForm | None = None

    @property
    def stored(self) -> dict:
        return self.draft.values.get(self.name, {})

    @property
    def done(self) -> bool:
        return bool(self.stored.get("wishes"))

    def recap(self):
        return [(_t("File"), self.stored.get("name", "")), (_t("Linee"), len(self.stored.get("wishes", ())))]

    def context(self, request: HttpRequest) -> dict:
        refused = self.stored.get("refused", [])
        return {
            "form": self.form or CentresFileForm(),
            "name": self.stored.get("name", ""),
            "accepted": len(self.stored.get("wishes", ())),
            "refused": refused[:SHOWN],
            "refused_count": self.stored.get("refused_count", 0),
            "submit": _t("PROSEGUI"),
        }

    def save(self, request: HttpRequest) -> HttpResponse | bool:
        """A file is looked at and told about; going on without one files what was right in the last."""
        if request.POST.get("action") == "refused":
            return self._refused_file()
        if not request.FILES and self.done:
            return True
        self.form = CentresFileForm(request.POST, request.FILES)
        if not self.form.is_valid():
            return False
        file = self.form.cleaned_data["file"]
        try:
            rows = file_rows.read(file.file)
        except Unreadable as wrong:
            self.form.add_error("file", str(wrong))
            return False
        wishes = file_rows.check(rows, contract_id=self.draft.contract_id, kind=AssignCentre.kind)
        refused = [row for row in rows if row.error]
        drafts.change(self.draft, step=self.name, values=_kept(file.name, wishes, refused))
        return bool(wishes) and not refused

    def _refused_file(self) -> HttpResponse:
        return downloads.hand_out(
            access=self.access,
            name="CentriDiCostoScarti",
            file_format=writers.CSV,
            fields=REFUSED_FIELDS,
            rows=self.stored.get("refused", []),
        )


def _kept(name: str, wishes: list[file_rows.Wish], refused: list[file_rows.Row]) -> dict:
    return {
        "name": name[:120],
        "wishes": [
            [wish.line, wish.number, wish.on.isoformat(), [_plain(share) for share in wish.shares]]
            for wish in wishes
        ],
        "refused_count": len(refused),
        "refused": [
            [row.position, row.typed["numero"], row.typed["centro"], row.error]
            for row in refused[:REFUSED_KEPT]
        ],
    }


def _plain(share: Share) -> list:
    return [share.centre, share.fixed and str(share.fixed), share.percent and str(share.percent)]


class FileFlow(Flow):
    name, function, operations = "assegna-centri-da-file", "B3.6", (AssignCentre,)
    steps, gate = (FileStep,), Gate.POPUP

    @property
    def title(self):
        return _("Assegnazione centri di costo da file")

    def wishes(self) -> list[tuple[int, str, date, tuple[Share, ...]]]:
        return [
            (line, number, date.fromisoformat(on), tuple(_share(part) for part in parts))
            for line, number, on, parts in self.values("file").get("wishes", ())
        ]

    def filings(self):
        wishes = self.wishes()
        known = set(Line.objects.for_access(self.access).values_list("pk", flat=True))
        if not {wish[0] for wish in wishes} <= known:
            raise Refusal(_t("Alcune righe non valgono più: carica di nuovo il file."))
        yield Filing(AssignCentre, list(self._items(wishes)), {"file": self.values("file")["name"]})

    def _items(self, wishes):
        splits = {}
        try:
            for shares in {wish[3] for wish in wishes}:
                splits[shares] = services.split_of(contract_id=self.draft.contract_id, shares=shares).pk
        except WrongShares as wrong:
            raise Refusal(str(wrong)) from None
        words = services.describe(splits.values())
        for line, number, on, shares in wishes:
            key = splits[shares]
            yield Item(line, number, number, {"split": key, "on": on.isoformat(), "words": words[key]})

    def question(self) -> Question:
        count = len(self.wishes())
        text = ngettext(
            "%(count)d linea passa al centro di costo indicato nel file. I report si ricalcolano dai mesi indicati.",
            "%(count)d linee passano ai centri di costo indicati nel file. I report si ricalcolano dai mesi indicati.",
            count,
        )
        return Question(_t("Conferma assegnazione"), text % {"count": count}, _t("ASSEGNA"))

    def sections(self):
        kept = self.values("file")
        values = [(_t("File"), kept["name"]), (_t("Righe scartate"), kept["refused_count"])]
        return [Section(_t("Assegnazione"), values)]

    def rows(self) -> Rows:
        wishes = self.wishes()
        codes = dict(CostCentre.objects.for_access(self.access).values_list("pk", "code"))
        columns = (
            pdf.Column(_t("Linea"), 1), pdf.Column(_t("Centro di costo"), 2), pdf.Column(_t("Dal mese"), 1),
        )  # fmt: skip
        return Rows(
            _t("Linee da assegnare"),
            columns,
            [
                (
                    show_mobile(number),
                    services.say([(codes.get(one.centre, "?"), one.fixed, one.percent) for one in shares]),
                    months.words(on),
                )
                for _line, number, on, shares in wishes
            ],
            len(wishes),
        )


def _share(part: list) -> Share:
    centre, fixed, percent = part
    return Share(centre, fixed and Decimal(fixed), percent and Decimal(percent))


@require_safe
@serves("B3.6")
def sample_file(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse("\ufeff" + SAMPLE, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="centri-di-costo.csv"'
    return answer
