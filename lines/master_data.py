"""The first rows of what customer service keeps lists of. A list that holds rows is left alone: it is theirs."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from lines.models import NetworkCategory, RifProfile, SwapReason

SEED = {
    NetworkCategory: (
        ("nazionali", _("Chiamate nazionali"), _("Verso numeri fissi e mobili italiani.")),
        ("internazionali", _("Chiamate internazionali"), _("Dall'Italia verso l'estero.")),
        ("roaming-ue", _("Roaming UE"), _("Chiamate e traffico nei Paesi dell'Unione europea.")),
        ("roaming-extra-ue", _("Roaming extra UE"), _("Chiamate e traffico fuori dall'Unione europea.")),
        ("sovrapprezzo", _("Numerazioni a sovrapprezzo"), _("Numeri a pagamento, come 199 e 89x.")),
        ("sms-mms", _("SMS/MMS"), _("Invio di messaggi.")),
        ("dati", _("Traffico dati"), _("Navigazione su rete mobile.")),
    ),
    RifProfile: (
        ("rif-1", _("RIF 1"), _("Solo chiamate verso le linee dell'ente.")),
        ("rif-2", _("RIF 2"), _("Linee dell'ente e numeri di emergenza, con lista di numeri consentiti.")),
        ("rif-3", _("RIF 3"), _("Linee dell'ente e tutte le numerazioni nazionali.")),
        ("rif-4", _("RIF 4"), _("Numerazioni nazionali e internazionali dell'Unione europea.")),
        ("rif-5", _("RIF 5"), _("Nessuna limitazione.")),
    ),
    SwapReason: (
        ("cambio-formato", _("Cambio formato"), ""),
        ("guasto", _("Guasto"), ""),
        ("furto", _("Furto"), ""),
        ("smarrimento", _("Smarrimento"), ""),
    ),
}


def ensure_master_data() -> None:
    for model, rows in SEED.items():
        if not model.objects.exists():
            model.objects.bulk_create(
                model(code=code, name=name, description=description, position=10 * place)
                for place, (code, name, description) in enumerate(rows, 1)
            )
