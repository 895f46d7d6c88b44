"""The pages of personal top-ups and of payments."""

from __future__ import annotations

from django.urls import path

from billing.models import Payment
from billing.payments import invoice_views, lists, views

CARD = {"function": "9.2.1.1", "purpose": Payment.Purpose.CARD}
INVOICE = {"function": "9.2.1.2", "purpose": Payment.Purpose.INVOICE}
TOP_UP = {"function": "9.1.2", "purpose": Payment.Purpose.TOP_UP}


def _payment(base: str, name: str, given: dict) -> list:
    one = f"{base}<slug:reference>/"
    return [
        path(one, views.PaymentPage.as_view(**given), name=name),
        path(f"{one}ritorno/", views.PaymentReturn.as_view(**given), name=f"{name}-return"),
        path(f"{one}annulla/", views.PaymentCancel.as_view(**given), name=f"{name}-cancel"),
    ]


urlpatterns = [
    path("ricarica-personale/", views.amount, name="top-up"),
    path("ricarica-personale/metodo/", views.method, name="top-up-method"),
    path("ricarica-personale/metodo/<int:pk>/elimina/", views.remove_method, name="method-remove"),
    path("ricarica-personale/storico/", lists.PersonalTopUps.as_view(), name="top-up-history"),
    *_payment("ricarica-personale/pagamento/", "payment", TOP_UP),
    *_payment("tim-tuo/carta/", "card-payment", CARD),
    *_payment("tim-tuo/fatture/pagamento/", "invoice-payment", INVOICE),
    path(
        "tim-tuo/fatture/pagamento/<slug:reference>/ricevuta/", invoice_views.receipt, name="invoice-receipt"
    ),
    path("tim-tuo/fatture/<int:pk>/paga/", invoice_views.pay, name="my-invoice-pay"),
    path("pagamenti/notifiche/<slug:provider>/", views.notice, name="payment-notice"),
]
