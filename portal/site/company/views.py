"""«Profilo aziendale» and «Dati contratto e indirizzi»: read only; changes are requests."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import identifiers
from portal.contracts.models import Address, Contract
from portal.contracts.views import serves
from portal.site.company import hooks
from portal.site.company.tabs import company_tabs
from portal.site.templatetags.portal import date_it, phone


@require_safe
@serves("7.1.1")
def profile(request: HttpRequest) -> HttpResponse:
    body = _contract(request).organization
    seat = body.registered_seat
    context = {
        "organization": [(_("Codice Fiscale"), body.tax_code), (_("Descrizione"), body.name)],
        "seat": [
            (_("Via"), seat.street_type),
            (_("Indirizzo"), seat.street),
            (_("N° Civico"), seat.civic),
            (_("Provincia"), seat.province),
            (_("Città"), seat.municipality),
            (_("CAP"), seat.postal_code),
        ]
        if seat
        else [],
        "representative": [
            (_("Nome e Cognome"), body.legal_name),
            (_("Email"), body.legal_email),
            (_("Numero Mobile"), phone(body.legal_mobile)),
            (_("Codice Fiscale personale"), _masked(body.legal_tax_code)),
        ],
        "number": settings.BRAND["legal_number"],
        "tabs": company_tabs("7.1.1"),
    }
    return render(request, "company/profile.html", context)


@require_safe
@serves("7.1.3")
def contract(request: HttpRequest) -> HttpResponse:
    chosen = _contract(request)
    master = chosen.master
    context = {
        "holder": [
            (_("Contratto"), chosen.number),
            (_("Tipologia offerta"), chosen.agreement.offer_type),
            (_("C.F. Ente/Amministrazione"), chosen.organization.tax_code),
            (_("Data di attivazione"), date_it(chosen.activated_on)),
            (_("Referente ROA"), master.full_name if master else ""),
            (_("Numero Mobile"), phone(master.mobile_number) if master else ""),
        ],
        "data_as_of": chosen.data_as_of,
        "cards": [
            _card(request, chosen, hooks.INVOICE, _("Indirizzo spedizione fatture aziendali")),
            _card(request, chosen, hooks.PAPERS, _("Indirizzo spedizione documentazione")),
        ],
        "tabs": company_tabs("7.1.3"),
    }
    return render(request, "company/contract.html", context)


def _contract(request: HttpRequest) -> Contract:
    related = ("organization__registered_seat", "agreement", "invoice_address", "papers_address")
    found = Contract.objects.for_access(request.access).select_related(*related).first()
    if found is None:
        raise Http404
    return found


def _card(request: HttpRequest, chosen: Contract, kind: str, title: str) -> dict:
    address = chosen.invoice_address if kind == hooks.INVOICE else chosen.papers_address
    return {
        "id": f"indirizzo-{'fatture' if kind == hooks.INVOICE else 'documenti'}",
        "title": title,
        "values": _lines_of(address, attention=kind == hooks.INVOICE) if address else [],
        "actions": hooks.actions_on_address(request.access, chosen, kind),
    }


def _lines_of(address: Address, *, attention: bool) -> list[tuple]:
    lines = [
        (_("Indirizzo"), address.street_line),
        (_("CAP"), address.postal_code),
        (_("Provincia"), address.province),
        (_("Comune"), address.municipality),
    ]
    if address.hamlet:
        lines.append((_("Frazione"), address.hamlet))
    return [*lines, (_("All'attenzione di"), address.attention)] if attention else lines


def _masked(tax_code: str) -> str:
    return identifiers.mask_tax_code(tax_code) if tax_code else ""
