"""The Celery application of the trials: the portal's own, with one kind of job more."""

from __future__ import annotations

import time

from celery.signals import worker_process_init

from portal.celery import app

__all__ = ["app", "register"]

EFFECT = "load.job.effect"


@worker_process_init.connect
def register(**_kwargs) -> None:
    """A job of three steps that leaves one line in the register, once, however often it is begun."""
    from portal.audit.actions import action
    from portal.audit.models import AuditEntry
    from portal.audit.services import record
    from portal.jobs.registry import job

    action(EFFECT, "Prova")

    @job("load")
    def work(run) -> None:
        if AuditEntry.objects.filter(action=EFFECT, object_id=str(run.job.pk)).exists():
            return  # the worker before this one died after its work and before it could say so
        for step in range(1, 4):
            run.step(step, 3)
            time.sleep(0.1)
        record(EFFECT, obj=run.job)
