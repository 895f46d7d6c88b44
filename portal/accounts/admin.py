"""The console of accounts: each part registers its own pages."""

from portal.accounts import admin_codes, admin_users  # noqa: F401
