"""The living style guide: every component of the frame, with awkward data (demo only)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.contracts.views import serves
from portal.demo.style_charts import sample_charts
from portal.money import euro
from portal.site.states import all_states

LONG_NAME = (
    "Azienda Consortile per i Servizi alla Persona dell'Unione dei Comuni della Valmarecchia e del Conca"
)


class Sample(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Nome"), max_length=60, help_text=_("Come compare sul documento."))
    number = forms.CharField(
        label=_("Linea"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    day = forms.DateField(
        label=_("Data di attivazione"), help_text=_("Nella forma gg/mm/aaaa."), required=False
    )
    street = forms.ChoiceField(label=_("Via"), choices=[("v", "Via"), ("p", "Piazza"), ("l", "Largo")])
    size = forms.ChoiceField(
        label=_("Importo"), choices=[("10", "10,00 €"), ("25", "25,00 €")], widget=forms.RadioSelect
    )
    services = forms.MultipleChoiceField(
        label=_("Servizi"),
        choices=[("voice", _("Voce")), ("data", _("Dati in roaming fuori dall'Unione europea"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    file = forms.FileField(label=_("Documento"), required=False, help_text=_("PDF, al massimo 5 MB."))
    note = forms.CharField(
        label=_("Note"), max_length=300, widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    accept = forms.BooleanField(label=_("Ho letto l'informativa e accetto le condizioni del servizio"))


def _table() -> dict:
    return {
        "headers": [
            (_("Linea"), ""),
            (_("Intestatario"), ""),
            (_("Traffico (MB)"), "num"),
            (_("Importo"), "num"),
        ],
        "rows": [
            ["331 254 7228", LONG_NAME, "12.345.678", euro(Decimal("12345678.90"))],
            ["331 254 4025", "Paolo Verdi", "0", euro(Decimal("-1.50"))],
            ["370 080 1103", "Maria Addolorata Della Rovere-Quaglietti", "912", euro(Decimal("0"))],
        ],
        "footer": [_("Totale"), "", "12.346.590", euro(Decimal("12345677.40"))],
    }


def _events() -> list[dict]:
    now = clock.now()
    return [
        {"when": now, "what": _("Richiesta chiusa"), "state": "closed", "who": "Servizio Clienti"},
        {"when": now - timedelta(hours=5), "what": _("In lavorazione"), "state": "working", "who": LONG_NAME},
        {
            "when": now - timedelta(days=3),
            "what": _("Richiesta inviata"),
            "state": "open",
            "text": _("1 linea su 3"),
        },
    ]


@require_safe
@serves("demo")
def style_guide(request):
    wrong = Sample({"name": "", "number": "33125472281", "note": "x" * 310})
    context = {
        "page_title": _("Guida di stile"),
        "page_purpose": _("Ogni pezzo delle pagine, con dati scomodi."),
        "crumbs": [(_("Demo"), "/demo/"), (_("Guida di stile"), "")],
        "states": [(key, sign) for key, sign in all_states().items()],
        "form": Sample(auto_id="fresh_%s"),
        "wrong": wrong,
        "table": _table(),
        "page_obj": Paginator(range(123_456), 10).get_page(request.GET.get("page", 7)),
        "steps": [
            (_("Scegli le linee"), "done", "?"),
            (_("Compila"), "now", ""),
            (_("Conferma dei dati"), "todo", ""),
        ],
        "events": _events(),
        "facts": [
            (_("Ente"), LONG_NAME),
            (_("ICCID"), "8939010003312547228"),
            (_("Importo"), euro(Decimal("12345678.90"))),
            (_("Frazione"), ""),
        ],
        "moment": clock.now() - timedelta(days=3, hours=2),
        "charts": sample_charts(LONG_NAME),
        "long_name": LONG_NAME,
        "amount": Decimal("12345678.90"),
        "tabs": [(_("Monitoring erosione"), "?", True), (_("Ricerca avanzata"), "?tab=2", False)],
    }
    return render(request, "demo/style/guide.html", context)
