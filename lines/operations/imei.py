"""«Blocco apparato con e senza IMEI» (7.3.13): a stolen or lost device nobody else can use."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.models import Device, ImeiBlock, Line
from lines.operations.common import open_request
from lines.querysets import SHORTEST_SEARCH
from lines.services import devices
from portal import clock
from portal.forms import CallbackPhoneField, ImeiField, MobileField, TaxCodeField
from portal.identifiers import show_mobile
from portal.lists import CodeColumn, Column, Empty, LineFinder, ListPage, MobileColumn, PortalTable
from portal.operations.declare import Filing, Flow, Item, Operation, Unworkable
from portal.operations.forms import DraftForm, NoteField, UploadField
from portal.operations.steps import FormStep, LinesStep
from portal.operations.summary import Section
from portal.site.templatetags.portal import icon


class _BlockImei(Operation):
    promise = timedelta(days=1)

    def details(self, request):
        return [(label, value) for label, value in request.values.get("shown", []) if value]

    def bar(self, item, device: Device, line_number: str) -> None:
        block = devices.block_imei(
            contract=item.request.contract, imei=device.imei, device=device, line_number=line_number
        )
        if block is None:
            raise Unworkable(_t("L'apparato è già bloccato."))


class BlockImei(_BlockImei):
    row, kind, title = "16", "imei-block", _("Blocco IMEI")

    def fulfil(self, item):
        device = Device.objects.filter(pk=item.subject_id, contract=item.request.contract).first()
        if device is None:
            raise Unworkable(_t("L'apparato non è più di questo contratto."))
        self.bar(item, device, item.line_number)


class BlockUnknownImei(_BlockImei):
    """The operator finds the device from the traffic of the line."""

    row, kind, title = "16", "imei-block-unknown", _("Blocco IMEI")

    def fulfil(self, item):
        found = Device.objects.in_use().filter(contract=item.request.contract, line=item.subject_id).first()
        if found is None:
            raise Unworkable(
                _t(
                    "Dal traffico della linea non risulta un apparato del contratto: chiama il Servizio Clienti."
                )
            )
        self.bar(item, found, item.line_number)


# --- The list ---------------------------------------------------------------------------------------------------
class DeviceTable(PortalTable):
    imei = CodeColumn(_("IMEI"), fixed=True)
    description = Column(_("Descrizione"))
    line = MobileColumn(_("Linea"), accessor="line__number", orderable=False)


class DevicePageTable(DeviceTable):
    block = Column(_("Blocca"), accessor="pk", orderable=False, exclude_from_export=True, fixed=True)

    def render_block(self, record):
        if record.is_blocked:
            return _t("Bloccato")
        if record.open_request:
            return _t("In corso: pratica %(number)s") % {"number": record.open_request}
        label = _t("Blocca l'apparato %(imei)s") % {"imei": record.imei}
        url = f"{reverse('lines:blocca-apparato')}?linea={record.pk}"
        return format_html('<a class="pc-icon-button" href="{}">{}</a>', url, icon("it-locked", label=label))


class DeviceFinder(LineFinder):
    """By line, IMEI or description, as the inventory of devices does."""

    def refusal(self, text):
        return "" if len(text) >= SHORTEST_SEARCH else _t("Scrivi almeno 3 caratteri.")

    def find(self, queryset, text):
        return queryset.search(text)


class DevicePage(ListPage):
    function, table = "7.3.13", DevicePageTable
    queryset = (
        Device.objects.in_use()
        .select_related("line")
        .annotate(
            is_blocked=Exists(ImeiBlock.objects.filter(imei=OuterRef("imei"))),
            open_request=open_request(BlockImei),
        )
    )
    search = DeviceFinder(
        number="line__number",
        iccid="imei",
        label=_("Linea o IMEI"),
        help=_("Numero di cellulare, IMEI o descrizione"),
    )
    default_order = ("imei",)
    totals, noun = _("Tot. apparati"), _("apparati")
    empty = Empty(_("Su questo contratto non ci sono apparati."))
    template_name = "lines/operations/imei.html"


class DeviceChoicePage(DevicePage):
    table = DeviceTable


# --- The forms --------------------------------------------------------------------------------------------------
class TheftForm(DraftForm):
    """What both forms ask: who asks, what happened, the two documents."""

    about: tuple[str, ...] = ()  # fields about the device

    applicant = forms.CharField(label=_("Nome e cognome del richiedente"), max_length=80)
    applicant_code = TaxCodeField(label=_("Codice fiscale del richiedente"))
    phone = CallbackPhoneField(label=_("Telefono del richiedente"))
    email = forms.EmailField(
        label=_("E-mail del richiedente"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    event = forms.ChoiceField(
        label=_("Che cosa è successo"),
        choices=(("", _("Scegli")), ("furto", _("Furto")), ("smarrimento", _("Smarrimento"))),
    )
    happened_on = forms.DateField(
        label=_("Data"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    place = forms.CharField(label=_("Luogo"), max_length=120)
    report = UploadField(label=_("Copia della denuncia"))
    identity = UploadField(label=_("Documento d'identità del richiedente"))

    @property
    def parts(self) -> list[tuple]:
        """The four parts of the page."""
        names = (
            (_("Apparato"), self.about),
            (_("Che cosa è successo"), ("event", "happened_on", "place")),
            (_("Richiedente"), ("applicant", "applicant_code", "phone", "email")),
            (_("Documenti"), ("report", "identity")),
        )
        return [(title, [self[name] for name in fields]) for title, fields in names]

    def clean_happened_on(self):
        return _not_in_the_future(self.cleaned_data["happened_on"])


class KnownForm(TheftForm):
    field_order = about = ("imei", "line")

    imei = ImeiField(disabled=True, help_text=_("Di solito è scritto anche sulla scatola dell'apparato."))
    line = MobileField(label=_("Linea"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        device = self.flow.device
        self.fields["imei"].initial = device.imei if device else ""
        self.fields["line"].initial = device.line.number if device and device.line else ""

    def clean_line(self):
        number = self.cleaned_data["line"]
        return _of_contract(self.flow, number) if number else ""


class UnknownForm(TheftForm):
    field_order = about = ("line", "used_from", "used_to", "model", "note")

    line = MobileField(label=_("Numero di cellulare usato con l'apparato"))
    used_from = forms.DateField(
        label=_("Ultimo uso: dal"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    used_to = forms.DateField(
        label=_("Ultimo uso: al"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    model = forms.CharField(label=_("Marca e modello"), max_length=80)
    note = NoteField(label=_("Nota"), required=False)

    def clean_line(self):
        return _of_contract(self.flow, self.cleaned_data["line"])

    def clean_used_from(self):
        return _not_in_the_future(self.cleaned_data["used_from"])

    def clean_used_to(self):
        return _not_in_the_future(self.cleaned_data["used_to"])

    def clean(self):
        data = super().clean()
        first, last = data.get("used_from"), data.get("used_to")
        if first and last and first > last:
            self.add_error("used_to", _("La seconda data viene prima della prima."))
        return data


def _not_in_the_future(day):
    if day and day > clock.today():
        raise ValidationError(_("Scrivi una data che non sia nel futuro."))
    return day


def _of_contract(flow: Flow, number: str) -> str:
    if not Line.objects.for_access(flow.access).living().filter(number=number).exists():
        raise ValidationError(_("Il numero non è tra le linee di questo contratto."))
    return number


class _TheftStep(FormStep):
    template = "lines/operations/parts.html"

    def initial(self):
        user = self.draft.user
        return {
            "applicant": user.get_full_name(),
            "applicant_code": user.tax_code,
            "phone": user.mobile_number,
            "email": user.email,
        }


class KnownStep(_TheftStep):
    form_class = KnownForm


class UnknownStep(_TheftStep):
    form_class = UnknownForm
    intro = "lines/operations/imei_unknown.html"


# --- The flows --------------------------------------------------------------------------------------------------
class DeviceChoice(LinesStep):
    list_page, single, by_list = DeviceChoicePage, True, False
    label = _("Apparato")

    def eligible(self):
        return self.scope().filter(is_blocked=False)

    def reason(self, record):
        return _t("L'apparato è già bloccato.")


class _Flow(Flow):
    function = "7.3.13"

    def about(self) -> list[tuple]:
        """The object of the request, in words."""
        raise TypeError(f"{type(self).__name__} does not say what it is about")

    def sections(self):
        answers = self.values("dati")
        event = dict(TheftForm.base_fields["event"].choices)[answers["event"]]
        return [
            Section(_t("Apparato"), self.about()),
            Section(
                _t("Che cosa è successo"),
                [
                    (_t("Evento"), event),
                    (_t("Data"), _day(answers["happened_on"])),
                    (_t("Luogo"), answers["place"]),
                ],
            ),
            Section(
                _t("Richiedente"),
                [
                    (_t("Nome e cognome"), answers["applicant"]),
                    (_t("Codice fiscale"), answers["applicant_code"]),
                    (_t("Telefono"), answers["phone"]),
                    (_t("E-mail"), answers["email"]),
                ],
            ),
        ]

    def shown(self) -> list[list[str]]:
        """What the page of the request shows later: not the applicant's own data."""
        apparatus, event, _applicant = self.sections()
        return [[str(label), str(value)] for label, value in (*apparatus.values, *event.values)]


class KnownFlow(_Flow):
    name, operations, steps = "blocca-apparato", (BlockImei,), (DeviceChoice, KnownStep)

    @cached_property
    def device(self) -> Device | None:
        return DeviceChoice(self).chosen().first()

    def about(self):
        line = self.values("dati")["line"]
        return [
            (_t("Apparato"), self.device.description),
            (_t("IMEI"), self.device.imei),
            (_t("Linea"), show_mobile(line)),
        ]

    def filings(self):
        line = self.values("dati")["line"]
        item = Item(self.device.pk, str(self.device)[:80], line)
        yield Filing(BlockImei, [item], self.values("dati") | {"shown": self.shown()})


class UnknownFlow(_Flow):
    name, operations, steps = "blocca-apparato-senza-imei", (BlockUnknownImei,), (UnknownStep,)

    def about(self):
        answers = self.values("dati")
        return [
            (_t("Linea"), show_mobile(answers["line"])),
            (_t("Ultimo uso"), f"{_day(answers['used_from'])} – {_day(answers['used_to'])}"),
            (_t("Marca e modello"), answers["model"]),
            (_t("Nota"), answers["note"]),
        ]

    def filings(self):
        answers = self.values("dati")
        line = Line.objects.for_access(self.access).living().get(number=answers["line"])
        yield Filing(
            BlockUnknownImei,
            [Item(line.pk, answers["model"], line.number)],
            answers | {"shown": self.shown()},
        )


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{day}/{month}/{year}"
