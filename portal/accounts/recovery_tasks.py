"""Doorbell of the recovery."""

from __future__ import annotations

from portal.accounts import recovery_services
from portal.jobs.registry import job


@job(recovery_services.JOB)
def recover(run) -> None:
    recovery_services.carry_out(run.payload)
