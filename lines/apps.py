from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LinesConfig(AppConfig):
    name = "lines"
    label = "lines"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Linee e SIM")

    def ready(self):
        # They register kinds of file, sections of a line's page, operations.
        from lines import feeds, line_panels, operations  # noqa: F401
        from portal.accounts import staff

        kept = ("networkcategory", "rifprofile", "swapreason")
        shown = (
            "line", "simcard", "simassignment", "device", "deviceservice", "deviceassignment", "lineservice",
            "contractservice", "dualbilling", "holding", "tariffplan",
        )  # fmt: skip
        staff.grant(
            operator=(
                *(f"lines.{verb}_{name}" for verb in ("view", "add", "change") for name in kept),
                *(f"lines.view_{name}" for name in shown),
            ),
            supervisor=("lines.view_imeiblock", "lines.change_line"),  # to suspend and resume
        )
        post_migrate.connect(_ensure_master_data, sender=self)


def _ensure_master_data(using, **kwargs):
    """Pages that offer a choice need something to choose from."""
    from lines.master_data import ensure_master_data

    if using == "default":
        ensure_master_data()
