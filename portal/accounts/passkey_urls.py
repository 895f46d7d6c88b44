"""The addresses the scripts of django-otp-webauthn call; the views are ours."""

from django.urls import path
from django.views.i18n import JavaScriptCatalog

from portal.accounts import passkey_views as views

app_name = "otp_webauthn"

urlpatterns = [
    path("aggiungi/inizio/", views.BeginAdding.as_view(), name="credential-registration-begin"),
    path("aggiungi/fine/", views.CompleteAdding.as_view(), name="credential-registration-complete"),
    path("verifica/inizio/", views.BeginCheck.as_view(), name="credential-authentication-begin"),
    path("verifica/fine/", views.CompleteCheck.as_view(), name="credential-authentication-complete"),
    path("testi/", JavaScriptCatalog.as_view(packages=["django_otp_webauthn"]), name="js-i18n-catalog"),
]
