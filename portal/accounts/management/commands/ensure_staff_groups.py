"""Makes the groups of the customer service with the permissions that the apps declare. Run it after migrate."""

from django.core.management.base import BaseCommand

from portal.accounts import staff


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        staff.ensure_staff_groups()
        self.stdout.write(f"{staff.OPERATOR}, {staff.SUPERVISOR}")
