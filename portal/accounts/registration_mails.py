"""The two e-mails of a registration."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import Registration, User
from portal.outbox import services as outbox


def send_confirmation(registration: Registration, token: str) -> None:
    outbox.send_mail(
        to=registration.email,
        template="registration_confirm",
        context={
            "registration": registration,
            "organization": registration.organization,
            "link": settings.PORTAL_URL + reverse("accounts:register_confirm", args=[token]),
        },
        kind="registration-confirm",
        key=f"registration-confirm:{registration.pk}:{registration.links_sent}",
        secret=True,
    )


def send_summary(user: User) -> None:
    outbox.send_mail(
        to=user.email,
        template="registration_summary",
        context={"person": user, "rows": _summary_rows(user), "link": settings.PORTAL_URL},
        kind="registration-summary",
        key=f"registration-summary:{user.pk}",
        user=user,
    )


def _summary_rows(user: User) -> list[tuple[str, str]]:
    """The eight data of the catalogue; never the password."""
    return [
        (_("Nome e cognome"), user.get_full_name()),
        (_("Ente"), user.organization.name),
        (_("Codice fiscale dell'ente"), user.organization.tax_code),
        (_("Codice fiscale personale"), user.tax_code),
        (_("Numero mobile"), user.mobile_number),
        (_("E-mail"), user.email),
        (_("Username"), user.username),
        (_("Portale"), settings.PORTAL_URL),
    ]
