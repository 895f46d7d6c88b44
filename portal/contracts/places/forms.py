"""The address form (S-26): the municipalities offered are those of the province chosen.

Without scripts the province is chosen first: the form comes back with its municipalities.
"""

from __future__ import annotations

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from portal.contracts.models import Address
from portal.contracts.places.models import Municipality, Province, StreetType
from portal.forms import PostalCodeField

FIELDS = (
    "street_type", "street", "civic", "province", "municipality", "postal_code", "hamlet", "attention",
)  # fmt: skip


class AddressFields(forms.Form):
    """To be mixed into a form. `with_attention` and `with_hamlet` say whether those two are asked."""

    with_attention = True
    with_hamlet = True

    street_type = forms.ChoiceField(label=_("Via"))
    street = forms.CharField(label=_("Indirizzo"), max_length=120)
    civic = forms.CharField(label=_("Civico"), max_length=12)
    province = forms.ChoiceField(label=_("Provincia"))
    municipality = forms.ChoiceField(label=_("Comune"))
    postal_code = PostalCodeField()
    hamlet = forms.CharField(label=_("Frazione"), max_length=80, required=False)
    attention = forms.CharField(label=_("All'attenzione di"), max_length=80, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, wanted in (("hamlet", self.with_hamlet), ("attention", self.with_attention)):
            if not wanted:
                del self.fields[name]
        self.fields["street_type"].choices = _choices(_street_types(self._now("street_type")))
        self.fields["province"].choices = _choices(
            [(province.code, str(province)) for province in Province.objects.all()]
        )
        self.fields["province"].widget.attrs |= {
            "hx-get": reverse_lazy("contracts:municipalities"),
            "hx-target": f"#{self['municipality'].id_for_label}",
            "hx-params": self.add_prefix("province"),
            "data-places": "",
        }
        self._offer_municipalities()

    def _now(self, name: str) -> str:
        """What the field holds now, typed or stored before."""
        return str(self[name].value() or "")

    def _offer_municipalities(self) -> None:
        province = self._now("province")
        names = list(Municipality.objects.filter(province__code=province).values_list("name", flat=True))
        field = self.fields["municipality"]
        field.choices = _choices([(name, name) for name in names])
        field.error_messages["invalid_choice"] = _("Scegli un comune della provincia indicata.")
        if not names:
            field.help_text = _("Scegli prima la provincia.")


def _choices(pairs: list) -> list:
    return [("", _("Scegli")), *pairs]


def _street_types(now: str) -> list[tuple[str, str]]:
    """Those of the table, and the one an older address already has."""
    names = set(StreetType.objects.values_list("name", flat=True))
    if now and now not in names and Address.objects.filter(street_type=now).exists():
        names.add(now)
    return [(name, name) for name in sorted(names)]


def initial_of(address: Address | None) -> dict[str, str]:
    """An address as the form shows it; names the operator's systems write in capitals are found again."""
    if address is None:
        return {}
    found = {name: getattr(address, name) for name in FIELDS}
    known = Municipality.objects.filter(
        province__code=address.province, name__iexact=address.municipality
    ).first()
    return found | ({"municipality": known.name} if known else {})
