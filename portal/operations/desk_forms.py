"""What an operator types at the desk. Each form does its own step through the service."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.operations.models import Priority, RequestItem, ServiceRequest, Shipment
from portal.operations.services import desk, shipments

MOST_ITEMS = 500


class DeskForm(forms.Form):
    """A step on one request. `act` does it and returns the words of success."""

    def __init__(self, *args, found: ServiceRequest, **kwargs):
        self.found = found
        super().__init__(*args, **kwargs)

    def act(self, actor: User) -> str:
        raise TypeError(f"{type(self).__name__} does not say what it does")

    def on(self, other: ServiceRequest) -> DeskForm:
        """The same answers, for another request."""
        self.found = other
        return self


class ReasonForm(DeskForm):
    reason = forms.CharField(
        label=_("Motivo"), max_length=300, widget=forms.Textarea({"rows": 2}), strip=True
    )


# --- Who works it -----------------------------------------------------------------------------------------------
class TakeForm(DeskForm):
    def act(self, actor):
        desk.take(request=self.found, actor=actor)
        return _t("La pratica è in carico a te.")


class ReleaseForm(DeskForm):
    def act(self, actor):
        desk.release(request=self.found, actor=actor)
        return _t("La pratica è di nuovo in coda.")


class BringForm(DeskForm):
    def act(self, actor):
        desk.bring(request=self.found, actor=actor)
        return _t("La pratica è ora al desk.")


class AssignForm(DeskForm):
    person = forms.ModelChoiceField(
        label=_("In carico a"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nessuno: in coda"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = [person.pk for person in desk.workers()]
        self.fields["person"].queryset = User.objects.filter(pk__in=people)
        self.initial.setdefault("person", self.found.assigned_to_id)

    def act(self, actor):
        desk.assign(request=self.found, to=self.cleaned_data["person"], actor=actor)
        return _t("Assegnazione salvata.")


class PriorityForm(DeskForm):
    priority = forms.TypedChoiceField(label=_("Precedenza"), choices=Priority.choices, coerce=int)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("priority", self.found.priority)

    def act(self, actor):
        desk.set_priority(request=self.found, priority=self.cleaned_data["priority"], actor=actor)
        return _t("Precedenza salvata.")


# --- Items ------------------------------------------------------------------------------------------------------
class ItemsForm(DeskForm):
    """The items ticked on the page, or every one that waits."""

    items = forms.TypedMultipleChoiceField(coerce=int, required=False)
    every = forms.BooleanField(required=False, label=_("Tutte le righe da lavorare"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound:
            posted = [value for value in self.data.getlist("items")[:MOST_ITEMS] if _is_key(value)]
            mine = RequestItem.objects.filter(request=self.found, pk__in=posted)
            self.fields["items"].choices = [(pk, pk) for pk in mine.values_list("pk", flat=True)]

    def clean(self):
        cleaned = super().clean()
        if not (cleaned.get("items") or cleaned.get("every") or self.errors):
            self.add_error(None, _t("Scegli almeno una riga."))
        return cleaned

    @property
    def wanted(self) -> list[int] | None:
        return None if self.cleaned_data["every"] else self.cleaned_data["items"]


class DoForm(ItemsForm):
    def act(self, actor):
        outcome = desk.do_items(request=self.found, item_ids=self.wanted, actor=actor)
        if outcome.refusals:
            shown = "; ".join(f"{label}: {reason}" for label, reason in list(outcome.refusals.items())[:5])
            words = _t("%(done)d righe eseguite. Non si possono eseguire: %(reasons)s")
            raise desk.Refused(words % {"done": outcome.done, "reasons": shown})
        if outcome.in_background:
            words = _t("%(count)d righe vanno in lavorazione: l'avanzamento è in questa pagina.")
            return words % {"count": outcome.in_background}
        return _counted(
            ngettext("%(count)d riga eseguita.", "%(count)d righe eseguite.", outcome.done), outcome.done
        )


class FailForm(ItemsForm, ReasonForm):
    def act(self, actor):
        count = desk.fail_items(
            request=self.found, item_ids=self.wanted, reason=self.cleaned_data["reason"], actor=actor
        )
        words = ngettext(
            "%(count)d riga segnata come non eseguita.", "%(count)d righe segnate come non eseguite.", count
        )
        return _counted(words, count)


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19


def _counted(words: str, count: int) -> str:
    return words % {"count": count}


# --- The whole request ------------------------------------------------------------------------------------------
class RefuseForm(ReasonForm):
    def act(self, actor):
        desk.refuse(request=self.found, reason=self.cleaned_data["reason"], actor=actor)
        return _t("Pratica scartata: chi l'ha inviata legge il motivo.")


class RefuseAnyForm(ReasonForm):
    """For a supervisor, whoever works the request."""

    def act(self, actor):
        desk.refuse(request=self.found, reason=self.cleaned_data["reason"], actor=actor, any_hand=True)
        return _t("Pratica scartata: chi l'ha inviata legge il motivo.")


class FreezeForm(ReasonForm):
    def act(self, actor):
        desk.freeze(request=self.found, note=self.cleaned_data["reason"], actor=actor)
        return _t("Ordine congelato.")


class ResumeForm(DeskForm):
    def act(self, actor):
        desk.resume(request=self.found, actor=actor)
        return _t("Ordine ripreso.")


class CeaseForm(ReasonForm):
    def act(self, actor):
        desk.cease(request=self.found, note=self.cleaned_data["reason"], actor=actor)
        return _t("Ordine cessato.")


class NoteForm(DeskForm):
    text = forms.CharField(label=_("Nota"), max_length=300, widget=forms.Textarea({"rows": 2}))
    visible = forms.BooleanField(
        label=_("La legge anche chi ha inviato la richiesta"),
        required=False,
        help_text=_("Se la spunti, la persona riceve anche una e-mail."),
    )

    def act(self, actor):
        values = self.cleaned_data
        desk.add_note(request=self.found, text=values["text"], visible=values["visible"], actor=actor)
        return _t("Nota aggiunta.")


# --- Parcels ----------------------------------------------------------------------------------------------------
class PrepareForm(DeskForm):
    contents = forms.CharField(label=_("Contenuto"), max_length=200)
    recipient = forms.CharField(label=_("Destinatario"), max_length=120)
    address = forms.CharField(label=_("Indirizzo"), max_length=200)

    def act(self, actor):
        shipments.prepare(request=self.found, actor=actor, **self.cleaned_data)
        return _t("Spedizione preparata.")


class ShipForm(DeskForm):
    shipment = forms.ModelChoiceField(queryset=Shipment.objects.none(), widget=forms.HiddenInput)
    state = forms.ChoiceField(label=_("Stato della spedizione"), choices=Shipment.State.choices)
    carrier = forms.CharField(label=_("Corriere"), max_length=60, required=False)
    tracking_code = forms.CharField(label=_("Codice di tracciatura"), max_length=60, required=False)

    def __init__(self, *args, shipment: Shipment | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.shown = shipment
        self.fields["shipment"].queryset = self.found.shipments.all()
        if shipment is not None:
            self.initial |= {
                "shipment": shipment,
                "state": shipment.state,
                "carrier": shipment.carrier,
                "tracking_code": shipment.tracking_code,
            }

    def act(self, actor):
        values = self.cleaned_data
        changed = shipments.update(
            shipment=values["shipment"],
            to_state=values["state"],
            carrier=values["carrier"],
            tracking_code=values["tracking_code"],
            actor=actor,
        )
        return _t("Spedizione aggiornata.") if changed else _t("Non è cambiato nulla.")
