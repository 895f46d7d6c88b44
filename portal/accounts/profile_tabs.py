"""The pages under the user icon, as tabs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _


def tabs(request, current: str) -> list[tuple[str, str, bool]]:
    pages = [(_("Dati personali"), "accounts:profile", "6"), (_("Sicurezza"), "accounts:security", "B-10")]
    pages.append((_("Dispositivi collegati"), "accounts:devices", "6"))
    pages.append((_("Privacy"), "accounts:privacy", "B2.9"))
    return [(label, reverse(name), name == current) for label, name, f in pages if request.access.may(f)]
