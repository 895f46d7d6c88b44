"""The employee's pages of TIM TUO: manage, change, own invoices, packages."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from billing import invoice_files
from billing.models import Invoice, PayBy
from billing.tim_tuo import services
from billing.tim_tuo.lists import OwnInvoices, tabs
from billing.tim_tuo.operations import changes, packages, subscription
from billing.tim_tuo.operations.common import address_words, own_dual, own_line
from lines.models import LineState
from portal.accounts import profile_services, risk
from portal.accounts.profile_forms import EmailForm
from portal.contracts.views import serves
from portal.lists import answer, embedded
from portal.operations.models import RequestItem


# --- «Gestisci» ---------------------------------------------------------------------------------------------------------
@require_safe
@never_cache
@serves("9.2.1.1")
def manage(request: HttpRequest) -> HttpResponse:
    line, dual = own_line(request.access), own_dual(request.access)
    pending = RequestItem.objects.filter(kind__in=subscription.KINDS, holds=True, subject_id=line.pk)
    context = {
        "line": line,
        "dual": dual,
        "account": changes.own_account(request.access),
        "may_activate": subscription.may_activate(request.access),
        "pending": pending.select_related("request").first(),
        "suspended": line.state != LineState.ACTIVE,
        "tabs": tabs("manage"),
    }
    return render(request, "billing/tim_tuo/manage.html", context)


# --- «Monitoraggio e modifica» ------------------------------------------------------------------------------------------
@never_cache
@serves("9.2.1.1.2")
def modify(request: HttpRequest) -> HttpResponse:
    account = changes.own_account(request.access)
    if account is None:
        messages.info(request, _("TIM TUO non è attivo sulla tua linea: non c'è niente da modificare."))
        return redirect("billing:tim-tuo")
    others = [(value, label) for value, label in PayBy.choices if value != account.pay_by]
    error = ""
    if request.method == "POST":
        wanted = request.POST.get("pay_by", "")
        if wanted in dict(others):
            return redirect(f"billing:{changes.FLOWS[PayBy(wanted)].name}")
        error = _("Scegli una delle modalità proposte.")
    dual = own_dual(request.access)
    arrangement = account.arrangements.in_force().select_related("card").first()
    context = {
        "dual": dual,
        "account": account,
        "arrangement": arrangement,
        "others": others,
        "error": error,
        "is_bank": account.pay_by == PayBy.BANK,
        "address": address_words(account.address_fields) if account.address else "",
        "holder": [
            (_("Nome"), dual.first_name),
            (_("Cognome"), dual.last_name),
            (_("Codice Fiscale"), dual.tax_code),
        ],
    }
    return render(request, "billing/tim_tuo/modify.html", context)


# --- «La mia fattura» ---------------------------------------------------------------------------------------------------
@require_safe
@never_cache
@serves("9.2.1.2")
def invoices(request: HttpRequest) -> HttpResponse:
    found = embedded(request, OwnInvoices, prefix="fatture")
    if part := answer(request, found):
        return part
    context = {
        "line": own_line(request.access),
        "account": changes.own_account(request.access),
        "invoices": found,
    }
    return render(request, "billing/tim_tuo/invoices.html", context)


@require_safe
@serves("9.2.1.2")
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    invoice = get_object_or_404(
        Invoice.objects.own(request.access).select_related("contract__organization", "line"), pk=pk
    )
    response = FileResponse(
        invoice_files.open_pdf(invoice),
        as_attachment=True,
        filename=f"Fattura-{invoice.number}.pdf",
        content_type="application/pdf",
    )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@serves("9.2.1.2")
def use_email(request: HttpRequest) -> HttpResponse:
    account = changes.own_account(request.access)
    if account is not None and not account.told_by_email:
        services.use_email(account, actor=request.user)
        messages.success(request, _("Ti avviseremo all'e-mail con cui ti sei registrato."))
    return redirect("billing:my-invoices")


@never_cache
@serves("9.2.1.2")
def change_email(request: HttpRequest) -> HttpResponse:
    """The address of the notices is that of the registration: changing one changes the other (R3)."""
    if refused := risk.refusal(request, risk.Action.EMAIL):
        return refused
    form = EmailForm(
        request.POST if request.method == "POST" else None,
        request=request,
        initial={"email": request.user.email},
    )
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        profile_services.ask_email_change(user=request.user, email=email)
        words = _(
            "Abbiamo mandato un'e-mail a %(email)s: apri il link «CONFERMA EMAIL» entro 48 ore. "
            "Fino ad allora resta valido l'indirizzo di prima."
        )
        messages.success(request, words % {"email": email})
        return redirect("billing:my-invoices")
    title = _("Modifica dell'e-mail per gli avvisi")
    context = {"form": form, "page_title": title, "crumbs": [(title, "")]}
    return render(request, "billing/tim_tuo/email.html", context)


# --- «Pacchetti/Plafond» ------------------------------------------------------------------------------------------------
@require_safe
@never_cache
@serves("9.2.1.3")
def own_packages(request: HttpRequest) -> HttpResponse:
    if packages.PackagesFlow.is_open_to(request.access):
        return redirect(f"billing:{packages.PackagesFlow.name}")
    return render(request, "billing/tim_tuo/no_packages.html", {"line": own_line(request.access)})
