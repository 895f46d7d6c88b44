from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Fatturazione e traffico")

    def ready(self):
        from billing import feeds, privacy  # noqa: F401 - they register kinds of file, and what is kept of a person
        from billing.ebill import line_panels  # noqa: F401 - what the page of a line says
        from billing.own import home as own_home  # noqa: F401 - the figure of the home page
        from billing.tem import tasks  # noqa: F401 - its kinds of job
        from billing.tim_tuo import carry_over, notices, packages  # noqa: F401 - at log-in; of invoices; traffic left
        from billing.topups import clockwork as top_up_jobs  # noqa: F401
        from billing.topups import feeds as top_up_feeds  # noqa: F401
        from billing.topups import panels as top_up_panels  # noqa: F401
        from billing.topups import privacy as credit_privacy  # noqa: F401
        from portal.accounts import staff

        staff.grant(
            operator=("billing.view_legalhold",),
            supervisor=("billing.add_legalhold", "billing.change_legalhold"),
        )
        staff.grant(
            operator=tuple(f"billing.view_{name}" for name in ("topup", "topuprule", "wallet", "movement")),
            supervisor=("billing.change_topup",),  # to settle what the operator did not answer
        )
        staff.grant(
            operator=("billing.view_outsidemodule",),
            supervisor=tuple(f"billing.{verb}_outsidemodule" for verb in ("add", "change", "delete")),
        )
        staff.grant(
            operator=(
                *(
                    f"billing.view_{name}"
                    for name in ("payment", "paymentnotice", "packageproduct", "debitbatch")
                ),
                *(f"billing.view_{name}" for name in ("debit", "arrangement")),
            ),
            supervisor=(
                "billing.change_payment",
                "billing.change_packageproduct",
                "billing.add_debitbatch",
                "billing.change_debit",
                "billing.change_arrangement",
            ),
        )
        post_migrate.connect(_ensure_products, sender=self)


def _ensure_products(using, **kwargs):
    """A page that offers packages needs some."""
    from billing.tim_tuo.packages import ensure_products

    if using == "default":
        ensure_products()
