"""Lines of the register."""

from portal.audit.actions import action
from portal.audit.services import record
from tests.listrows import rows

NOTED = action("tests.noted", "Sample")


@rows
def register_lines(world, start, count):
    for n in range(start, start + count):
        record(NOTED, contract=world.a1, actor=world.roa, note=f"Riga {n}")
