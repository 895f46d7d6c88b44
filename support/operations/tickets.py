"""«Assistenza su Apparati» (7.7.6): theft, loss or fault of a device, asking repair or replacement."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat, Trim
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lines.models import Device, DeviceService
from portal.contracts.models import Address
from portal.contracts.places.forms import FIELDS, AddressFields
from portal.forms import CallbackPhoneField, ImeiField
from portal.operations.declare import SUMMARY, Filing, Item, Operation
from portal.operations.forms import DraftForm, NoteField, UploadField
from portal.operations.models import RequestItem
from portal.operations.steps import FormStep
from portal.operations.summary import Section
from support.models import DeviceTicket, ServicePoint
from support.operations.common import FramedFlow
from support.services import tickets

Event, Delivery = DeviceTicket.Event, DeviceTicket.Delivery
OTHER = "altro"
CARED_FOR = (DeviceService.Kind.RENTAL, DeviceService.Kind.MAINTENANCE)
ADDRESS_NEEDED = ("street_type", "street", "civic", "province", "municipality", "postal_code")


class OpenTicket(Operation):
    row, kind, title = "31", "device-ticket", _("Assistenza su Apparati")
    promise = timedelta(days=5)
    at_the_desk = True

    def filed(self, request):
        tickets.open_for(request)

    def fulfil(self, item):
        tickets.end_with(item.request, outcome=_t("Lavorato dal Servizio Clienti."))

    def refused(self, request):
        tickets.end_with(request, outcome=request.reason or _t("Richiesta scartata."))

    def details(self, request):
        return [(label, value) for label, value in request.values.get("shown", []) if value]

    def history_url(self, request):
        return reverse("support:ticket", args=[request.number])


def devices_cared_for(access) -> QuerySet[Device]:
    """Of the contract, with a living rental or maintenance service; `title` says which, as invoices do."""
    cared = DeviceService.objects.filter(device=OuterRef("pk"), kind__in=CARED_FOR).exclude(state="ceased")
    words = Case(
        When(service_kind=DeviceService.Kind.RENTAL, then=Value("NOLEGGIO")),
        default=Value("MANUTENZIONE"),
        output_field=CharField(),
    )
    return (
        Device.objects.for_access(access)
        .in_use()
        .filter(Exists(cared))
        .annotate(service_kind=Subquery(cared.order_by("-kind").values("kind")[:1]))
        .annotate(title=Trim(Concat(words, Value(" "), F("description"))))
    )


class TicketForm(AddressFields, DraftForm):
    with_attention = False

    event = forms.ChoiceField(label=_("Che cosa è successo"), choices=Event.choices, widget=forms.RadioSelect)
    imei = ImeiField(label=_("IMEI dell'apparato"))
    description = NoteField(label=_("Descrizione"))
    report = UploadField(label=_("Copia della denuncia (per furto e smarrimento)"), required=False)
    contact_name = forms.CharField(label=_("Persona da contattare"), max_length=80)
    contact_phone = CallbackPhoneField(label=_("Telefono"))
    delivery = forms.ChoiceField(label=_("Consegna"), choices=Delivery.choices, widget=forms.RadioSelect)
    seat = forms.ChoiceField(label=_("Sede di consegna e ritiro"), required=False)
    point = forms.CharField(label=_("Codice del Punto di Assistenza"), max_length=12, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            if name in self.fields:
                self.fields[name].required = False
        known = [(str(address.pk), str(address)) for address in self.flow.addresses]
        self.fields["seat"].choices = [("", _("Scegli")), *known, (OTHER, _("Altro indirizzo"))]
        if self._now("event") == Event.FAULT:
            self.fields["report"].help_text = _("Per un guasto non serve.")

    @property
    def parts(self) -> list[tuple]:
        """The parts of the page."""
        address = [name for name in FIELDS if name in self.fields]
        names = (
            (_("Evento e apparato"), ("event", "imei", "description", "report")),
            (_("Chi contattare"), ("contact_name", "contact_phone")),
            (_("Consegna"), ("delivery",)),
            (_("Presso la sede"), ("seat", *address)),
            (_("Presso un Punto di Assistenza"), ("point",)),
        )
        return [(title, [self[name] for name in fields]) for title, fields in names]

    def clean_imei(self):
        imei = self.cleaned_data["imei"]
        device = devices_cared_for(self.flow.access).filter(imei=imei).first()
        if device is None:
            raise ValidationError(
                _("Questo IMEI non è tra gli apparati del contratto a noleggio o in manutenzione.")
            )
        held = RequestItem.objects.filter(kind=OpenTicket.kind, holds=True, subject_id=device.pk)
        if (number := held.values_list("request__number", flat=True).first()) is not None:
            raise ValidationError(_("C'è già un ticket aperto: pratica %(number)s.") % {"number": number})
        return imei

    def clean_point(self):
        code = self.cleaned_data["point"].strip().upper()
        if code and not ServicePoint.objects.active().filter(code=code).exists():
            raise ValidationError(
                _("Nessun Punto di Assistenza attivo ha questo codice: cercalo con la lente.")
            )
        return code

    def clean(self):
        data = super().clean()
        stolen = data.get("event") in (Event.THEFT, Event.LOSS)
        has_report = data.get("report") or self.fields["report"].kept is not None
        if stolen and not has_report and "report" not in self.errors:
            self.add_error("report", _("Carica la copia della denuncia."))
        if data.get("delivery") == Delivery.SEAT:
            self._want_a_seat(data)
        elif data.get("delivery") == Delivery.POINT and not data.get("point") and "point" not in self.errors:
            self.add_error("point", _("Scegli il Punto di Assistenza."))
        return data

    def _want_a_seat(self, data: dict) -> None:
        if not data.get("seat"):
            if "seat" not in self.errors:
                self.add_error("seat", _("Scegli la sede, o «Altro indirizzo»."))
        elif data["seat"] == OTHER:
            for name in ADDRESS_NEEDED:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Completa l'indirizzo."))


class TicketStep(FormStep):
    form_class = TicketForm
    template = "support/ticket_form.html"

    def initial(self):
        user = self.draft.user
        return {"contact_name": user.get_full_name(), "contact_phone": user.mobile_number}


class TicketFlow(FramedFlow):
    name, function, operations, steps = "apri-ticket", "7.7.6", (OpenTicket,), (TicketStep,)

    @cached_property
    def addresses(self) -> list[Address]:
        """Those the administration has: its seat, and where invoices and papers are sent."""
        contract = self.draft.contract
        keys = {
            contract.organization.registered_seat_id,
            contract.invoice_address_id,
            contract.papers_address_id,
        }
        seen, found = set(), []
        for address in Address.objects.filter(pk__in=keys - {None}).order_by("pk"):
            if str(address) not in seen:
                seen.add(str(address))
                found.append(address)
        return found

    def documents(self):
        return [SUMMARY]  # the report is kept with the request, but need not be downloaded (S-13)

    @cached_property
    def device(self) -> Device | None:
        return devices_cared_for(self.access).filter(imei=self.values("dati")["imei"]).first()

    @cached_property
    def place(self) -> str:
        """Where it is handed in and collected, in words."""
        answers = self.values("dati")
        if answers["delivery"] == Delivery.POINT:
            return str(ServicePoint.objects.get(code=answers["point"]))
        if answers["seat"] == OTHER:
            return str(Address(**{name: answers.get(name, "") for name in FIELDS}))
        return str(next(address for address in self.addresses if str(address.pk) == answers["seat"]))

    def about(self) -> list[tuple]:
        answers = self.values("dati")
        return [
            (_t("Evento"), Event(answers["event"]).label),
            (_t("IMEI"), answers["imei"]),
            (_t("Apparato"), self.device.title if self.device else ""),
            (_t("Descrizione"), answers["description"]),
            (_t("Persona da contattare"), f"{answers['contact_name']}, {answers['contact_phone']}"),
            (_t("Consegna"), Delivery(answers["delivery"]).label),
            (_t("Dove"), self.place),
        ]

    def sections(self):
        papers = [(_t("Denuncia"), upload.name) for upload in self.draft.uploads.all()]
        return [Section(_t("Ticket"), [*self.about(), *papers])]

    def filings(self):
        answers, device = self.values("dati"), self.device
        kept = ("event", "imei", "description", "contact_name", "contact_phone", "delivery")
        values = {name: answers[name] for name in kept} | {
            "point": answers["point"] if answers["delivery"] == Delivery.POINT else "",
            "place": self.place[:300],
            "device_name": device.title[:100],
            "shown": [[str(label), str(value)] for label, value in self.about()],
        }
        number = device.line.number if device.line else ""
        yield Filing(OpenTicket, [Item(device.pk, f"{device.title} {device.imei}"[:80], number)], values)
