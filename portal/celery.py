"""Celery is the doorbell: every job is a row, a message only says that there is one to look at."""

import os

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

TRANSPORT_ALIASES["folder"] = "portal.demo.broker:Transport"  # where there is no server

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)  # request and task ids on every line of the log
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs) -> None:
    """Django has set the log up already, with its privacy; a receiver here keeps Celery from adding its own."""
