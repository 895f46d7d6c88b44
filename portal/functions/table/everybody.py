"""Chapters 2 to 6, and the addresses that belong to the portal itself."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.functions.model import ANY, P, function

FUNCTIONS = (
    function("2", _("Area pubblica"), {P}, url_name="site:public", icon="it-pa"),
    function(
        "3",
        _("Registrazione"),
        {P},
        url_name="accounts:register",
        icon="it-user",
        summary=_("Crea il tuo accesso con il numero di una SIM della convenzione."),
    ),
    function(
        "4",
        _("Accesso"),
        {P},
        url_name="accounts:login",
        icon="it-locked",
        summary=_("Entra con username, password e codice di sicurezza."),
    ),
    function("5", pgettext_lazy("menu", "Home"), {ANY}, url_name="site:home", icon="it-pa"),
    function(
        "6",
        _("Dati personali"),
        {ANY},
        url_name="accounts:profile",
        icon="it-user",
        summary=_("Controlla e modifica i tuoi dati, l'e-mail e la password."),
    ),
    # The pages of the public area, which registered people read too.
    function("news", _("News"), {P}, url_name="site:news", icon="it-file"),
    function("documents", _("Documenti"), {P}, url_name="site:documents", icon="it-files"),
    function("legal", _("Informazioni legali"), {P}, icon="it-bookmark"),
    # Addresses that are no function of the catalogue, but answer to a rule all the same.
    function("logout", _("Esci"), {ANY}, icon="it-logout"),
    function("contract", _("Scelta del contratto"), {ANY}, icon="it-exchange-circle"),
    function("places", _("Comuni di una provincia"), {ANY}, icon="it-map-marker"),
    function("language", _("Lingua"), {P}, icon="it-comment"),
    function("health", _("Stato del servizio"), {P}, icon="it-info-circle"),
    function("webhook", _("Risposte dei sistemi collegati"), {P}, icon="it-plug"),
    function("demo", _("Dimostrazione"), {P}, icon="it-presentation"),
)
