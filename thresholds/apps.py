from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThresholdsConfig(AppConfig):
    name = "thresholds"
    label = "thresholds"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Soglie")

    def ready(self):
        # They register a kind of file, sections of a line's page, kinds of job.
        from billing.signals import traffic_ingested
        from portal.accounts import staff
        from thresholds import feeds, panels  # noqa: F401
        from thresholds.services import notices, watch  # noqa: F401

        traffic_ingested.connect(watch.after_traffic, dispatch_uid="thresholds")
        staff.grant(
            operator=(
                *(f"thresholds.view_{name}" for name in ("threshold", "crossing", "release", "noticerun")),
                "thresholds.release_line",
                "thresholds.resend_notice",
            ),
        )
