"""Addresses of the employee's own usage, part of `billing.urls`."""

from django.urls import path

from billing.own import events, messages, views
from billing.own import packages as _packages  # noqa: F401 - hangs up the offers of TIM TUO

urlpatterns = [
    path("consumi/", views.usage, name="usage"),
    path("consumi/servizi/", views.services, name="usage-services"),
    path("consumi/riepilogo/", views.summary, name="usage-summary"),
    path("consumi/bundle/", views.bundles, name="usage-bundles"),
    path("consumi/dettaglio/", events.PostpaidEvents.as_view(), name="usage-detail"),
    path("consumi/tipologia/", views.types, name="usage-types"),
    path("consumi/ricaricabile/credito/", views.credit, name="prepaid-credit"),
    path("consumi/ricaricabile/dettaglio/", events.PrepaidEvents.as_view(), name="prepaid-detail"),
    path("consumi/ricaricabile/tipologia/", views.prepaid_types, name="prepaid-types"),
    path("sms-di-servizio/", messages.ServiceMessages.as_view(), name="service-messages"),
]
