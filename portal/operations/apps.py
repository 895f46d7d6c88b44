from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "portal.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Pratiche e ordini")

    def ready(self):
        from portal.accounts import staff
        from portal.operations import receivers  # noqa: F401
        from portal.operations.services import documents, fulfilment, imports  # noqa: F401 - their jobs

        staff.grant(
            operator=(
                "operations.view_servicerequest",
                "operations.view_order",
                "operations.work_request",
                "operations.view_cannedanswer",
            ),
            supervisor=(
                "operations.assign_request",
                *(f"operations.{verb}_cannedanswer" for verb in ("add", "change", "delete")),
            ),
        )
