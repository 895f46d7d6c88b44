"""Chapter 7.5: thresholds."""

from django.utils.translation import gettext_lazy as _

from portal.functions.model import R, T, function

FUNCTIONS = (
    function(
        "7.5.1",
        _("Attivazione soglie di spesa"),
        {R, T},
        url_name="thresholds:attivazione",
        icon="it-plus-circle",
        summary=_("Metti un limite alla spesa delle linee, giornaliero o mensile."),
    ),
    function(
        "7.5.2",
        _("Variazione soglie di spesa"),
        {R, T},
        url_name="thresholds:variazione",
        icon="it-pencil",
        summary=_("Cambia valore, tipo o periodo delle soglie attive."),
    ),
    function(
        "7.5.3",
        _("Variazione soglie Dati Roaming Extra UE"),
        {R, T},
        url_name="thresholds:variazione-roaming",
        icon="it-pencil",
        summary=_("Cambia valore o tipo delle soglie dati fuori dall'Unione europea."),
    ),
    function(
        "7.5.4",
        _("Cessazione soglie di spesa"),
        {R, T},
        url_name="thresholds:cessazione",
        icon="it-close-circle",
        summary=_("Togli il limite di spesa dalle linee che scegli."),
    ),
    function(
        "7.5.5",
        _("Monitoring soglie"),
        {R, T},
        url_name="thresholds:monitor",
        icon="it-chart-line",
        summary=_("Controlla quanto resta di ogni soglia e quando finirà."),
    ),
    function(
        "7.5.6",
        _("Visualizzazione cronologia notifiche"),
        {R, T},
        url_name="thresholds:history",
        icon="it-mail",
        summary=_("Ricevi per e-mail gli avvisi sulle soglie e rileggili qui."),
    ),
)
