"""Addresses of entering and leaving, of getting the credentials back and of one's own data."""

from django.urls import path

from portal.accounts import (
    login_views,
    mfa_views,
    profile_privacy,
    profile_views,
    recovery_views,
    session_views,
    terms_views,
)

urlpatterns = [
    path("accedi/", login_views.LoginView.as_view(), name="login"),
    path("esci/", login_views.log_out, name="logout"),
    path("recupero/", recovery_views.choose, name="recovery"),
    path("recupero/codice/", recovery_views.RecoveryCode.as_view(), name="recovery_code"),
    path("recupero/fatto/", recovery_views.done, name="recovery_done"),
    path(
        "recupero/nuova-password/<uidb64>/<token>/",
        recovery_views.ResetPassword.as_view(),
        name="reset_password",
    ),
    path("recupero/<slug:mode>/", recovery_views.RecoveryMode.as_view(), name="recovery_mode"),
    path("profilo/", profile_views.ProfileView.as_view(), name="profile"),
    path("profilo/password/", profile_views.ChangePassword.as_view(), name="change_password"),
    path("profilo/email/annulla/", profile_views.drop_email_change, name="drop_email_change"),
    path(
        "profilo/email/conferma/<uidb64>/<token>/",
        profile_views.ConfirmNewEmail.as_view(),
        name="confirm_new_email",
    ),
    path("profilo/sicurezza/", mfa_views.security, name="security"),
    path("profilo/sicurezza/verifica/", mfa_views.Verify.as_view(), name="verify"),
    path("profilo/sicurezza/app/", mfa_views.AddApp.as_view(), name="add_app"),
    path("profilo/sicurezza/passkey/", mfa_views.add_passkey, name="add_passkey"),
    path("profilo/sicurezza/passkey/fatto/", mfa_views.passkey_added, name="passkey_added"),
    path("profilo/sicurezza/togli/<slug:method>/<int:pk>/", mfa_views.remove, name="remove_factor"),
    path("profilo/sicurezza/codici/", mfa_views.recovery_codes, name="codes"),
    path("profilo/sicurezza/codici/nuovi/", mfa_views.make_codes, name="make_codes"),
    path("profilo/condizioni/", terms_views.AcceptTerms.as_view(), name="accept_terms"),
    path("profilo/dispositivi/", session_views.devices, name="devices"),
    path("profilo/dispositivi/altri/", session_views.end_other_sessions, name="end_other_sessions"),
    path("profilo/dispositivi/<int:pk>/", session_views.end_session, name="end_session"),
    path("profilo/privacy/", profile_privacy.page, name="privacy"),
    path("profilo/privacy/scarica/", profile_privacy.download, name="privacy_download"),
]
