"""The pages of the bank of the demo: card, strong authentication, back to the shop."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from stdnum import luhn

from portal import clock
from portal.contracts.views import serves
from portal.demo import bank
from portal.demo.models import BankCheckout

CODE = "482913"  # what the bank's app shows, in the demo on the page itself
TRIES = 3
BRANDS = {"4": "VISA", "5": "MASTERCARD", "3": "AMEX"}
BEHAVIOURS = (
    ("paid", _("Autorizza il pagamento")),
    ("refused", _("Rifiuta il pagamento")),
    ("late", _("Autorizza, ma avvisa il portale con 20 secondi di ritardo")),
    ("twice", _("Autorizza e avvisa il portale due volte")),
)
State = BankCheckout.State


class CardForm(forms.Form):
    holder = forms.CharField(
        label=_("Nome e cognome del titolare"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "cc-name"}),
    )
    number = forms.CharField(
        label=_("Numero carta"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "cc-number"}),
    )
    expires = forms.RegexField(
        label=_("Scadenza (mese/anno)"),
        regex=r"^(0[1-9]|1[0-2])/20[0-9]{2}$",
        help_text=_("Per esempio 05/2029."),
        error_messages={"invalid": _("Scrivi mese e anno come 05/2029.")},
        widget=forms.TextInput(attrs={"autocomplete": "cc-exp"}),
    )
    check = forms.RegexField(
        label=_("Codice di controllo"),
        regex=r"^[0-9]{3,4}$",
        help_text=_("Le 3 cifre sul retro della carta."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "cc-csc"}),
    )

    def clean_number(self) -> str:
        digits = "".join(self.cleaned_data["number"].split())
        if not (13 <= len(digits) <= 19 and digits.isascii() and digits.isdigit() and luhn.is_valid(digits)):
            raise forms.ValidationError(_("Il numero della carta non è corretto."))
        return digits

    def clean_expires(self) -> str:
        month, _slash, year = self.cleaned_data["expires"].partition("/")
        today = clock.today()
        if (int(year), int(month)) < (today.year, today.month):
            raise forms.ValidationError(_("La carta è scaduta."))
        return self.cleaned_data["expires"]


class ProofForm(forms.Form):
    code = forms.CharField(
        label=_("Codice della tua banca"),
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    behaviour = forms.ChoiceField(
        label=_("Che cosa fa la banca (solo nella dimostrazione)"), choices=BEHAVIOURS, initial="paid"
    )

    def clean_code(self) -> str:
        if self.cleaned_data["code"].strip() != CODE:
            raise forms.ValidationError(_("Il codice non è giusto."), code="wrong")
        return CODE


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
@serves("demo")
def page(request: HttpRequest, token: str) -> HttpResponse:
    found = get_object_or_404(BankCheckout, token=token)
    if found.state not in (State.OPEN, State.PROVING) or found.expires_at < clock.now():
        return redirect(found.return_path)
    if request.POST.get("action") == "cancel":
        bank.give_up(found)
        return redirect(found.return_path)
    known = bank.known_card(found)
    if found.state == State.OPEN and known is not None:
        found.brand, found.last_digits = known.brand, known.last_digits
        found.expires, found.holder = known.expires, known.holder
        bank.prove(found)
    if found.state == State.OPEN:
        return _card(request, found)
    return _proof(request, found)


def _card(request: HttpRequest, found: BankCheckout) -> HttpResponse:
    if found.kind == "paypal":
        bank.take_card(found, brand="PayPal", last_digits="", expires="", holder="")
        return redirect("demo:bank", found.token)
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        bank.take_card(
            found,
            brand=BRANDS.get(number[0], "CARTA"),
            last_digits=number[-4:],
            expires=form.cleaned_data["expires"],
            holder=form.cleaned_data["holder"],
        )
        return redirect("demo:bank", found.token)
    return render(request, "demo/bank/card.html", {"form": form, "checkout": found})


def _proof(request: HttpRequest, found: BankCheckout) -> HttpResponse:
    form = ProofForm(request.POST if "code" in request.POST else None)
    if form.is_bound:
        if form.is_valid():
            does = form.cleaned_data["behaviour"]
            bank.decide(found, paid=does != "refused", late=does == "late", twice=does == "twice")
            return redirect(found.return_path)
        if form.has_error("code", "wrong"):
            found.tries += 1
            if found.tries >= TRIES:
                bank.decide(found, paid=False)
                return redirect(found.return_path)
            found.save()
    return render(request, "demo/bank/proof.html", {"form": form, "checkout": found, "code": CODE})
