"""Chapter 7.4: invoices, traffic and TIM TUO on the side of the organization."""

from django.utils.translation import gettext_lazy as _

from portal.functions.model import E, R, function

FUNCTIONS = (
    function(
        "7.4.1",
        _("Fatture aziendali"),
        {R, E},
        url_name="billing:invoices",
        icon="it-file-pdf",
        summary=_("Consulta le fatture degli ultimi 12 mesi e lo stato dei pagamenti."),
    ),
    function(
        "7.4.2",
        _("Accedi a eBill"),
        {R, E},
        url_name="billing:ebill",
        icon="it-chart-line",
        summary=_("Analizza fatture, consumi e centri di costo."),
    ),
    function(
        "7.4.3",
        _("Traffico on line abbonamenti"),
        {R, E},
        url_name="billing:ebill-postpaid",
        icon="it-chart-line",
        summary=_("Vedi il traffico delle linee in abbonamento, mese corrente e precedente."),
    ),
    function(
        "7.4.4",
        _("Traffico on line ricaricabili"),
        {R, E},
        url_name="billing:ebill-prepaid",
        icon="it-chart-line",
        summary=_("Vedi il traffico delle linee ricaricabili, mese corrente e precedente."),
    ),
    function(
        "7.4.5",
        _("Abilitazione SIM al servizio"),
        {R},
        url_name="billing:tim-tuo-abilita",
        icon="it-check-circle",
        title=_("TIM TUO: abilitazione SIM al servizio"),
        summary=_("Consenti o nega TIM TUO alle linee del contratto."),
    ),
    function(
        "7.4.6",
        _("Attivazione Opzioni"),
        {R},
        url_name="billing:tim-tuo-opzione",
        icon="it-plus-circle",
        title=_("TIM TUO: attivazione opzioni"),
        summary=_("Attiva un'opzione TIM TUO sulle linee che la possono avere."),
    ),
    function(
        "7.4.7",
        _("Cessazione SIM al servizio"),
        {R},
        url_name="billing:tim-tuo-cessa",
        icon="it-close-circle",
        title=_("TIM TUO: cessazione SIM al servizio"),
        summary=_("Chiudi TIM TUO sulle linee che scegli."),
    ),
    function(
        "7.4.8",
        _("Cessazione Opzioni"),
        {R},
        url_name="billing:tim-tuo-cessa-opzione",
        icon="it-minus-circle",
        title=_("TIM TUO: cessazione opzioni"),
        summary=_("Togli un'opzione TIM TUO dalle linee che scegli."),
    ),
    function(
        "7.4.9",
        _("Modulo TEM"),
        {R, E},
        url_name="billing:tem",
        icon="it-presentation",
        summary=_("Confronta spesa e traffico come ti serve e scopri gli sprechi."),
    ),
)
