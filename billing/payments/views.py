"""«Ricarica personale» (9.1.2): amount, method, the provider's page, outcome. And where providers tell us things."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing import wallets
from billing.models import Basket, Payment, SavedMethod
from billing.payments import providers, services
from billing.payments.forms import AmountForm, MethodForm
from lines.models import Line
from portal.contracts.views import Serves, serves

LONGEST_NOTICE = 200_000
TITLES = {
    Payment.Purpose.TOP_UP: gettext_lazy("Ricarica personale"),
    Payment.Purpose.CARD: gettext_lazy("Registrazione della carta"),
    Payment.Purpose.INVOICE: gettext_lazy("Pagamento della fattura"),
}


def own_line(request: HttpRequest) -> Line:
    return get_object_or_404(Line.objects.own(request.access).select_related("contract"))


# --- Amount and method ----------------------------------------------------------------------------------------------
@never_cache
@serves("9.1.2")
def amount(request: HttpRequest) -> HttpResponse:
    line = own_line(request)
    form = AmountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(f"{reverse('billing:top-up-method')}?importo={form.cleaned_data['importo']}")
    context = {
        "form": form,
        "line": line,
        "credit": wallets.balance(line.pk, Basket.PERSONAL),
        "steps": steps(0),
        "crumbs": [],
    }
    return render(request, "billing/payments/amount.html", context)


@never_cache
@serves("9.1.2")
def method(request: HttpRequest) -> HttpResponse:
    chosen = AmountForm(request.POST if request.method == "POST" else request.GET)
    if not chosen.is_valid():
        messages.info(request, _("Scegli prima l'importo."))
        return redirect("billing:top-up")
    line = own_line(request)
    methods = list(_methods(request))
    form = MethodForm(
        request.POST or None, methods=methods, initial={"importo": chosen.cleaned_data["importo"]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            payment = services.start(
                user=request.user,
                line=line,
                amount=form.cleaned_data["importo"],
                kind=form.kind,
                method=form.method,
                saves_method=form.cleaned_data["salva"] and form.method is None,
            )
            return redirect("billing:payment", payment.reference)
        except services.NotPossible as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "line": line,
        "amount": chosen.cleaned_data["importo"],
        "methods": methods,
        "steps": steps(1),
    }
    return render(request, "billing/payments/method.html", context)


def _methods(request: HttpRequest):
    """Those of the provider payments go to now."""
    provider = providers.current()
    mine = SavedMethod.objects.for_access(request.access).living().filter(is_offered=True)
    return mine.filter(provider=provider.name if provider else "")


@require_POST
@serves("9.1.2")
def remove_method(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SavedMethod.objects.for_access(request.access).living(), pk=pk)
    services.remove_method(found, actor=request.user)
    messages.success(request, _("Abbiamo eliminato il metodo di pagamento."))
    chosen = AmountForm(request.POST)
    if chosen.is_valid():
        return redirect(f"{reverse('billing:top-up-method')}?importo={chosen.cleaned_data['importo']}")
    return redirect("billing:top-up")


def steps(now: int) -> list[tuple]:
    labels = (_("Importo"), _("Metodo"), _("Pagamento"), _("Esito"))
    return [
        (label, "done" if i < now else "now" if i == now else "todo", "") for i, label in enumerate(labels)
    ]


# --- A payment on its way -------------------------------------------------------------------------------------------
class PaymentView(Serves, View):
    """Only the payment's own person finds it, and only under the function it was begun from."""

    purpose = Payment.Purpose.TOP_UP
    names = {
        Payment.Purpose.TOP_UP: "billing:payment",
        Payment.Purpose.CARD: "billing:card-payment",
        Payment.Purpose.INVOICE: "billing:invoice-payment",
    }

    def found(self, reference: str) -> Payment:
        mine = Payment.objects.for_access(self.request.access).filter(purpose=self.purpose)
        return get_object_or_404(
            mine.select_related("line__contract", "user", "method", "invoice"), reference=reference
        )

    def home(self, payment: Payment) -> HttpResponse:
        return redirect(self.names[self.purpose], payment.reference)


class PaymentPage(PaymentView):
    """Where it stands: to be paid, waited for, or over."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        payment = self.found(reference)
        if payment.purpose == Payment.Purpose.CARD and payment.is_final and payment.back_to:
            if request.htmx:
                return HttpResponse(headers={"HX-Redirect": payment.back_to})
            return redirect(payment.back_to)
        template = "state" if request.htmx else "payment"
        answer = render(request, f"billing/payments/{template}.html", self.context(request, payment))
        answer["Cache-Control"] = "no-store"
        return answer

    def context(self, request: HttpRequest, payment: Payment) -> dict:
        now = 3 if payment.is_final else 2
        of_top_up = payment.purpose == Payment.Purpose.TOP_UP
        return {
            "payment": payment,
            "steps": steps(now) if of_top_up else [],
            "here_url": request.path,
            "cancel_url": reverse(f"{self.names[self.purpose]}-cancel", args=(payment.reference,)),
            "again_url": payment.back_to or reverse("billing:top-up"),
            "page_title": TITLES[payment.purpose],
        } | (self.place(payment) if payment.invoice else {})

    def place(self, payment: Payment) -> dict:
        """Where in the portal the payment of an invoice stands."""
        title = TITLES[payment.purpose]
        return {
            "page_purpose": _("Fattura %(number)s") % {"number": payment.invoice.number},
            "crumbs": [(title, "")],
        }


class PaymentReturn(PaymentView):
    """The browser comes back. That proves nothing, so the provider is asked."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        payment = services.ask(self.found(reference))
        return self.home(payment)


class PaymentCancel(PaymentView):
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        payment = services.cancel(self.found(reference))
        if payment.state == Payment.State.CANCELLED:
            messages.info(request, _("Pagamento annullato: non ti è stato addebitato nulla."))
        return self.home(payment)


# --- Notices --------------------------------------------------------------------------------------------------------
@csrf_exempt
@require_POST
@serves("webhook")
def notice(request: HttpRequest, provider: str) -> HttpResponse:
    """Public, but only the provider can sign. 200 means taken, also for the second time."""
    if int(request.headers.get("Content-Length") or 0) > LONGEST_NOTICE:
        return HttpResponse(status=413)
    if providers.named(provider) is None:
        raise Http404
    try:
        services.take_notice(provider=provider, headers=request.headers, body=request.body)
    except providers.BadNotice:
        return HttpResponse(status=400)
    except providers.Silent:
        return HttpResponse(status=503)  # they will tell us again
    return HttpResponse(status=200)
