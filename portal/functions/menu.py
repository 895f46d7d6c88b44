"""The menu trees of the catalogue (0.3), once for everybody: each person sees what the roles allow.

A user with several profiles sees the union, because a section or a function without permission is left out.
"""

from django.utils.translation import gettext_lazy as _

from portal.functions.model import Section

LINES = Section(
    "lines",
    _("Linee e listino"),
    (
        Section(
            "lines.aggregate",
            _("Consistenze aggregate"),
            ("7.2.1.1", "7.2.1.2", "7.2.1.3", "7.2.1.4", "7.2.1.5", "7.2.1.6"),
        ),
        Section(
            "lines.detail",
            _("Consistenze di dettaglio"),
            ("7.2.2.1", "7.2.2.2", "7.2.2.3", "7.2.2.4", "7.2.2.5", "7.2.2.6"),
        ),
        Section("lines.mine", _("La mia linea"), ("9.1.1", "9.1.2", "9.1.3", "9.1.4", "B2.3")),
        "7.2.3",
        "7.2.4",
    ),
    icon="it-telephone",
)

REQUESTS = Section(
    "requests",
    _("Pratiche e richieste"),
    (
        "B-07",
        "7.3.1",
        "7.3.2",
        "B2.7.1",
        Section("requests.topups", _("Gestione ricariche"), ("7.3.3", "7.3.4", "B-06")),
        Section(
            "requests.sims",
            _("Gestione SIM"),
            ("7.3.5", "7.3.6", "7.3.7", "7.3.8", "7.3.9", "7.3.10", "7.3.11", "7.3.12"),
        ),
        "7.3.13",
    ),
    icon="it-exchange-circle",
)

BILLING = Section(
    "billing",
    _("Fatturazione e Traffico"),
    (
        "7.4.1",
        Section(
            "billing.ebill", _("Servizio eBill"), ("7.4.2", "7.4.3", "7.4.4", "B2.1.2", "B2.1.3", "B2.1.4")
        ),
        Section(
            "billing.dual",
            _("TIM TUO"),
            ("7.4.5", "7.4.6", "7.4.7", "7.4.8", "9.2.1.1", "9.2.1.2", "9.2.1.3"),
        ),
        "7.4.9",
        "9.2.2",
        "9.2.3",
    ),
    icon="it-chart-line",
)

THRESHOLDS = Section(
    "thresholds",
    _("Gestione soglie"),
    ("7.5.1", "7.5.2", "7.5.3", "7.5.4", "7.5.5", "7.5.6", "B-12"),
    icon="it-warning-circle",
)

SERVICES = Section(
    "services",
    _("Servizi avanzati"),
    (
        Section("services.emm", _("EMM"), ("7.6.1.1", "7.6.1.2")),
        "7.6.2",
        "7.6.3",
        "7.6.4",
        "7.6.5",
        Section("services.smas", _("SMAS (Net Profiler)"), ("7.6.6", "7.6.7", "7.6.8")),
    ),
    icon="it-settings",
)

SUPPORT = Section(
    "support",
    _("Assistenza"),
    (
        Section("support.contacts", _("Contatti"), ("7.7.1", "7.7.2", "7.7.3", "7.7.4")),
        Section("support.technical", _("Assistenza tecnica"), ("7.7.5", "7.7.6", "7.7.7", "7.7.8", "7.7.9")),
        "7.7.10",
    ),
    icon="it-help-circle",
)

MAIN_MENU: tuple[Section, ...] = (LINES, REQUESTS, BILLING, THRESHOLDS, SERVICES, SUPPORT)

# Behind the user icon.
USER_MENU: tuple[Section, ...] = (
    Section("user", _("Profilo personale"), ("6", "B-10", "B2.9"), icon="it-user"),
    Section("company", _("Dati aziendali"), ("7.1.1", "7.1.2", "7.1.3", "B2.7", "B2.6"), icon="it-pa"),
)
