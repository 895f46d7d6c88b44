from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "portal.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Dimostrazione")

    def ready(self):
        from portal.demo import bank  # noqa: F401 - it registers the job of its notices
