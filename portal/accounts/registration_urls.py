"""Addresses of registration."""

from django.urls import path

from portal.accounts import registration_views as views

urlpatterns = [
    path("registrazione/", views.NumberView.as_view(), name="register"),
    path("registrazione/attenzione/", views.attention_token, name="attention"),
    path("registrazione/codice/", views.CodeView.as_view(), name="register_code"),
    path("registrazione/codice/scaduto/", views.CodeExpiredView.as_view(), name="register_code_expired"),
    path("registrazione/dati/", views.DataView.as_view(), name="register_data"),
    path("registrazione/gia-registrato/", views.DuplicateView.as_view(), name="register_duplicate"),
    path("registrazione/email/", views.EmailView.as_view(), name="register_email"),
    path("registrazione/email/inviata/", views.LinkView.as_view(), name="register_link"),
    path("registrazione/conferma/<str:token>/", views.ConfirmView.as_view(), name="register_confirm"),
    path("registrazione/password/", views.PasswordView.as_view(), name="register_password"),
    path("registrazione/completata/", views.DoneView.as_view(), name="register_done"),
]
