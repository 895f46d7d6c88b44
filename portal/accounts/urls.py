"""Addresses of registration, log-in, recovery and personal data."""

from portal.accounts.login_urls import urlpatterns as login_patterns
from portal.accounts.registration_urls import urlpatterns as registration_patterns

app_name = "accounts"

urlpatterns = [*registration_patterns, *login_patterns]
