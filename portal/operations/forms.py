"""Forms of guided requests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import forms
from django.conf import settings
from django.utils.datastructures import MultiValueDict
from django.utils.functional import keep_lazy_text
from django.utils.translation import gettext_lazy as _

from portal.operations import uploads
from portal.operations.models import ServiceRequest
from portal.operations.reading import LARGEST

NOTE_LENGTH = 300


@keep_lazy_text
def _filled(text, **values):
    return text % values


def _upload_help():
    return _filled(_("PDF, JPG o PNG, al massimo %(size)d MB."), size=settings.UPLOADS["megabytes"])


class UploadField(forms.FileField):
    """A document: PDF, JPG or PNG. Its cleaned value is `uploads.Checked`; once kept it need not come again."""

    def __init__(self, *, kept=None, **kwargs):
        self.kept = kept
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = ".pdf,.jpg,.jpeg,.png"
        if not self.help_text:
            self.help_text = _upload_help()  # said when it is read: a field of a class is made once

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            uploads.check_size(file.size)
            return uploads.check(file.name, file.read())
        except uploads.Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None


class NoteField(forms.CharField):
    """Free text of at most 300 characters, with a counter (S-21)."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, **kwargs):
        super().__init__(max_length=NOTE_LENGTH, **kwargs)


class DraftForm(forms.Form):
    """A step's form. It knows its flow, and its answers can be stored and read again."""

    def __init__(self, *args, flow=None, **kwargs):
        self.flow = flow
        super().__init__(*args, **kwargs)

    def to_draft(self) -> dict:
        """The cleaned answers as JSON keeps them. Files are stored apart, as uploads."""
        return {
            name: _plain(value)
            for name, value in self.cleaned_data.items()
            if not isinstance(self.fields[name], forms.FileField)
        }

    def uploads(self) -> dict[str, uploads.Checked]:
        """The files that came, by field."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if isinstance(self.fields[name], UploadField) and value is not None
        }

    def remember_uploads(self, kept: dict) -> None:
        """What has been handed in already need not come again."""
        for name, field in self.fields.items():
            if isinstance(field, UploadField) and name in kept:
                field.required, field.kept = False, kept[name]
                field.help_text = _(
                    "Hai già caricato %(name)s. Scegli un altro file solo per sostituirlo."
                ) % {"name": kept[name].name}

    @classmethod
    def stored(cls, values: dict, flow) -> DraftForm:
        """The form as if these stored answers had just been typed: for checking them again."""
        data = MultiValueDict(
            {name: value if isinstance(value, list) else [value] for name, value in values.items()}
        )
        return cls(data, flow=flow)


def _plain(value):
    if isinstance(value, Decimal | date | datetime):
        return str(value)
    if isinstance(value, set | tuple):
        return list(value)
    return getattr(value, "pk", value)


class ImportForm(forms.Form):
    """A list of numbers: pasted, or in a file."""

    pasted = forms.CharField(
        label=_("Incolla i numeri"),
        help_text=_("Un numero o un ICCID per riga."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "inputmode": "numeric", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Oppure carica un file"),
        help_text=_("csv o Excel (.xlsx): leggiamo la colonna «numero», o la prima."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST:
            raise forms.ValidationError(_("Il file supera 10 MB: tieni solo la colonna con i numeri."))
        return file

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("file") and not data.get("pasted", "").strip():
            self.add_error("pasted", _("Incolla almeno un numero, o carica un file."))
        return data


class NotifyForm(forms.Form):
    """How to be told that the request is closed."""

    avviso = forms.ChoiceField(
        label=_("Quando la richiesta è chiusa"), choices=ServiceRequest.Notify.choices, required=False
    )
