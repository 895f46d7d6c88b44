"""The ground floor of the Portale Convenzione Mobile."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
