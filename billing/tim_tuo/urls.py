"""The pages of TIM TUO, the employer's and the employee's."""

from __future__ import annotations

from django.urls import path

from billing.tim_tuo import lists, views
from billing.tim_tuo.operations import changes, company, packages, subscription
from portal.operations.views import flow_urls

COMPANY = (company.AllowFlow, company.AddOptionFlow, company.CeaseFlow, company.EndOptionFlow)
OWN = (
    subscription.ActivationFlow, changes.AddressFlow, changes.IbanFlow, changes.CardFlow, changes.BankFlow,
    changes.SlipFlow, packages.PackagesFlow,
)  # fmt: skip

urlpatterns = [
    *(url for flow in (*COMPANY, *OWN) for url in flow_urls(flow)),
    path("tim-tuo/", views.manage, name="tim-tuo"),
    path("tim-tuo/reportistica/", lists.PersonalReport.as_view(), name="tim-tuo-report"),
    path("tim-tuo/modifica/", views.modify, name="tim-tuo-modify"),
    path("tim-tuo/pacchetti/", views.own_packages, name="tim-tuo-packages"),
    path("tim-tuo/fatture/", views.invoices, name="my-invoices"),
    path("tim-tuo/fatture/<int:pk>/pdf/", views.invoice_pdf, name="my-invoice-pdf"),
    path("tim-tuo/fatture/email/", views.change_email, name="my-invoices-email"),
    path("tim-tuo/fatture/usa-email/", views.use_email, name="my-invoices-use-email"),
]
