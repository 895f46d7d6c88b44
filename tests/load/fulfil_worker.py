"""A worker for the trial of `kill_fulfilment.py`: works jobs until nobody is left to be worked, or it is killed."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django

django.setup()

from portal.jobs.services import work_all  # noqa: E402
from portal.operations.models import ServiceRequest  # noqa: E402
from tests.load.tally import declare  # noqa: E402


def main() -> None:
    declare()
    while ServiceRequest.objects.open().exists():
        work_all()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
