from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "portal.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Contenuti del sito")

    def ready(self):
        # What upper floors show on the home page and in the search hangs itself up here.
        autodiscover_modules("home", "search", "desk")
        from portal.accounts import staff
        from portal.site.company import operations  # noqa: F401 - workers know them without the addresses
        from portal.site.desk import own  # noqa: F401 - what the ground floors know of a line, a person, a contract

        contents = ("news", "document", "contactpoint", "legaltext")
        contracts = ("organization", "contract", "referent", "address", "contractoption")
        staff.grant(
            operator=(
                "site.see_as", "audit.view_auditentry", "outbox.view_message", "contracts.view_feedbatch",
                *(f"site.view_{name}" for name in contents), *(f"contracts.view_{name}" for name in contracts),
            ),
            supervisor=(
                "site.view_seenas", "contracts.add_feedbatch",
                *(f"site.{verb}_{name}" for verb in ("add", "change", "delete") for name in contents),
                *(f"contracts.change_{name}" for name in contracts), "contracts.add_referent",
            ),
        )  # fmt: skip
        post_migrate.connect(_ensure_content, sender=self)


def _ensure_content(using, **kwargs):
    """A portal without its privacy notice must not exist, not even for the minute before staff write one."""
    from portal.site.content import ensure_content

    if using == "default":
        ensure_content()
