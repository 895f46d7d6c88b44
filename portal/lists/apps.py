from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListsConfig(AppConfig):
    name = "portal.lists"
    label = "lists"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Elenchi ed export")

    def ready(self):
        from portal.lists import tasks  # noqa: F401 - registers the job
