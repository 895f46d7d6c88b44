"""`manage.py demo_people [--json]`: who can enter the demo."""

from __future__ import annotations

import json

from django.core.management.base import BaseCommand

from portal.demo.people import NEWCOMER
from portal.demo.seed import demo_people


class Command(BaseCommand):
    help = "Prints the people of the demo: name, username, password, mobile number, profiles, contracts."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        if options["json"]:
            people = [person.as_json() for person in demo_people()]
            self.stdout.write(json.dumps(people, ensure_ascii=False, indent=2))
            return
        for person in demo_people():
            self.stdout.write(f"{person.username:<16} {person.mobile_number}  {person.description}")
        self.stdout.write(f"{'':<16} {NEWCOMER.mobile_number}  {NEWCOMER.description}")
