"""The four help boxes under the widgets (S-09)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import functions
from portal.site.navigation import url_of


@dataclass(frozen=True, slots=True)
class HelpBox:
    title: object
    text: object
    icon: str
    url: str


def boxes() -> list[HelpBox]:
    contacts = url_of(functions.get("7.7.1"))
    assistance = url_of(functions.get("7.7.9")) or contacts
    return [
        HelpBox(_("NEWS"), _("Novità, avvisi e manutenzioni del portale."), "it-file", reverse("site:news")),
        HelpBox(
            _("ASSISTENZA"), _("Segnala un problema o chiedi un intervento."), "it-help-circle", assistance
        ),
        HelpBox(_("CONTATTI"), _("Numeri, orari, e-mail e PEC."), "it-telephone", contacts),
        HelpBox(
            _("DOCUMENTI"),
            _("Guide, moduli e documenti della convenzione."),
            "it-files",
            reverse("site:documents"),
        ),
    ]
