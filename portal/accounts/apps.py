from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    default = True
    name = "portal.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Utenti e accessi")

    def ready(self):
        from portal.accounts import language, recovery_tasks, signals  # noqa: F401


class ConsoleConfig(admin_apps.AdminConfig):
    """The Django admin, as the console of the customer service."""

    default = False
    default_site = "portal.accounts.console.ConsoleSite"

    def ready(self):
        super().ready()
        from django.contrib.admin import site

        site.leave_out_foreign()
