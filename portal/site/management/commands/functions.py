"""Prints the table of functions: what there is, where it stands, who may use it, whether it is built."""

from __future__ import annotations

import json

from django.core.management.base import BaseCommand
from django.utils import translation

from portal.contracts.routes import every_route
from portal.functions import FUNCTIONS, path_of


class Command(BaseCommand):
    help = "Lists the functions of the portal with their place in the menu and the roles that may use them."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="as JSON, for other programs")

    def handle(self, *args, **options):
        with translation.override("it"):
            rows = _rows()
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            mark = "x" if row["built"] else " "
            place = " / ".join((*row["path"], row["label"]))
            self.stdout.write(f"[{mark}] {row['id']:<11} {''.join(row['roles']):<5} {place}")


def _rows() -> list[dict]:
    served = {route.function for route in every_route()}
    return [
        {
            "id": function.id,
            "label": str(function.label),
            "path": [str(section.label) for section in path_of(function)],
            "roles": sorted(function.roles),
            "when": function.when,
            "url_name": function.url_name,
            "built": function.id in served,
        }
        for function in FUNCTIONS.values()
    ]
