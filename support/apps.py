from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "support"
    label = "support"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Assistenza")

    def ready(self):
        from portal.accounts import staff
        from support import (
            operations,  # noqa: F401 - workers know them without the addresses
            privacy,  # noqa: F401 - its rows of the page on privacy
        )

        kept = ("platform", "contractplatform", "manual", "terminalmodel", "servicepoint")
        staff.grant(
            operator=(
                *(f"support.{verb}_{name}" for verb in ("view", "add", "change") for name in kept),
                "support.view_callback",
                "support.change_callback",
                "support.view_chat",
                "support.change_chat",
                "support.view_deviceticket",
                "support.change_deviceticket",
            ),
            supervisor=("support.delete_manual", "support.delete_terminalmodel"),
        )
        post_migrate.connect(_ensure_master_data, sender=self)


def _ensure_master_data(using, **kwargs):
    """Pages that offer a choice need something to choose from."""
    from support.master_data import ensure_master_data

    if using == "default":
        ensure_master_data()
