"""What is kept of a person's traffic and bills, told on the privacy page."""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice, LegalHold, TrafficEvent
from portal import clock
from portal.accounts import privacy
from portal.contracts.access import Access

_months = lazy(
    lambda: (
        gettext(
            "%(months)d mesi, poi si cancella da solo, salvo un provvedimento che ne dispone la conservazione."
        )
        % {"months": settings.TRAFFIC["keep_months"]}
    ),
    str,
)

privacy.tell(
    what=_("Dettaglio del traffico: chiamate, SMS e connessioni della tua linea"),
    seen_by=_("Solo tu. Il tuo ente vede soltanto i totali della linea, mai le singole chiamate."),
    kept=_months(),
)
privacy.tell(
    what=_("Totali del traffico della linea, mese per mese"),
    seen_by=_("Tu e il tuo ente, tranne il traffico personale pagato da te."),
    kept=_("Per la durata della convenzione."),
)
privacy.tell(
    what=_("Fatture personali TIM TUO"),
    seen_by=_("Tu e il Servizio Clienti; il tuo ente non le vede."),
    kept=_("10 anni, come chiede la legge."),
)


def is_held(access: Access) -> bool:
    """Is there an order to keep this line's traffic beyond its time?"""
    if access.own_line is None:
        return False
    holds = LegalHold.objects.in_force(clock.today())
    own = holds.filter(line=access.own_line.id)
    return own.exists() or holds.filter(line=None, contract=access.own_line.contract_id).exists()


def _traffic(user) -> list[dict]:
    events = TrafficEvent.objects.for_access(Access.load(user)).order_by("-at")
    fields = (
        "at",
        "kind",
        "detail",
        "counterpart",
        "operator",
        "volume",
        "gross",
        "net",
        "option",
        "charging",
    )
    return [{**event, "at": event["at"].isoformat()} for event in events.values(*fields).iterator()]


def _invoices(user) -> list[dict]:
    invoices = Invoice.objects.own(Access.load(user)).newest_first()
    return [
        {
            "number": one.number,
            "billing_period": one.billing_period,
            "issued_on": one.issued_on.isoformat(),
            "due_on": one.due_on.isoformat(),
            "total": str(one.total),
        }
        for one in invoices
    ]


privacy.export("traffico", _traffic)
privacy.export("fatture_personali", _invoices)
