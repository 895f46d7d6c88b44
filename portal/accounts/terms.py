"""Which version of the legal texts a person accepted, and asking again when a new one is in force.

Texts live above us, so they are asked for through `settings.LEGAL_TEXTS`. Whoever accepted «the terms» before versions
were kept accepted the first version, and every one that was in force on that day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts import privacy
from portal.accounts.models import Acceptance
from portal.audit.actions import action
from portal.audit.services import record

ACCEPTED_TEXTS = ("termini", "privacy")
TO_ACCEPT = "terms_to_accept"  # in the session: where the person was going

ACCEPTED = action("accounts.terms.accepted", _("Condizioni accettate"))


@dataclass(frozen=True, slots=True)
class Text:
    """A legal text in force, as far as accepting it needs."""

    slug: str
    version: int
    title: str
    summary: str
    valid_from: datetime
    url: str


def in_force() -> list[Text]:
    return import_string(settings.LEGAL_TEXTS)(ACCEPTED_TEXTS)


def missing(user) -> list[Text]:
    """Texts in force that this person has not accepted in their present version; staff accept none here."""
    texts = [] if user.is_staff else [text for text in in_force() if not _from_before(user, text)]
    if not texts:
        return []
    accepted = set(Acceptance.objects.filter(user=user).values_list("text", "version"))
    return [text for text in texts if (text.slug, text.version) not in accepted]


def _from_before(user, text: Text) -> bool:
    day = user.terms_accepted_at
    return day is not None and (text.version == 1 or day >= text.valid_from)


@transaction.atomic
def accept(*, user, texts: Iterable[Text]) -> None:
    """For the register too: which versions, and when. Accepting twice changes nothing."""
    texts, now = list(texts), clock.now()
    Acceptance.objects.bulk_create(
        [
            Acceptance(
                user=user, text=text.slug, version=text.version, title=str(text.title), accepted_at=now
            )
            for text in texts
        ],
        ignore_conflicts=True,
    )
    user.terms_accepted_at = now
    user.save(update_fields=["terms_accepted_at"])
    note = ", ".join(f"{text.title} v. {text.version}" for text in texts)
    record(ACCEPTED, actor=user, obj=user, note=note[:300])


def require(request, next_url: str) -> bool:
    """At the log-in: is there something to accept first? Every page of this session then leads there."""
    if not missing(request.user):
        return False
    request.session[TO_ACCEPT] = next_url
    return True


def _accepted_by(user) -> list[dict]:
    fields = ("text", "version", "title", "accepted_at")
    return [
        {**row, "accepted_at": row["accepted_at"].isoformat()} for row in user.acceptances.values(*fields)
    ]


privacy.export("condizioni_accettate", _accepted_by)
privacy.tell(
    what=_("Versioni dei testi legali che hai accettato"),
    seen_by=_("Tu e il Servizio Clienti."),
    kept=_("Finché la registrazione è aperta, poi per gli obblighi di legge."),
)
privacy.tell(
    what=_("Dispositivi collegati: browser, sistema, ultimo uso"),
    seen_by=_("Solo tu."),
    kept=_("Fino alla fine della sessione, al massimo 12 ore."),
)
