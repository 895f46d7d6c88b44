"""What can be asked of customer service, through the engine of operations."""

from support.operations import contact, smas, terminals, tickets, web  # noqa: F401 - they declare themselves
