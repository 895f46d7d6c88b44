from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ContractsConfig(AppConfig):
    name = "portal.contracts"
    label = "contracts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Enti e contratti")

    def ready(self):
        from portal.contracts.feeds import kinds, tasks  # noqa: F401 - register the kinds of file and the job

        post_migrate.connect(_ensure_places, sender=self)


def _ensure_places(using, **kwargs):
    """Without names of places no address can be chosen."""
    from portal.contracts.places.seed import ensure_places

    if using == "default":
        ensure_places()
