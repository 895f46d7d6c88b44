"""Doorbells and jobs of TEM."""

from __future__ import annotations

from celery import shared_task

from billing.tem import monthly, peaks
from portal.jobs.registry import Cancelled, job


@job(peaks.JOB)
def find_peaks(run) -> None:
    peaks.refresh(run.payload["contract"], run.step)


@job(monthly.JOB)
def send_monthly(run) -> None:
    if not monthly.send(run.payload["analysis"], run.payload["month"]):
        raise Cancelled  # somebody switched it off meanwhile


@shared_task
def look_for_peaks() -> None:
    peaks.ask_for_all()


@shared_task
def ask_for_monthly() -> None:
    monthly.ask_for_all()
