"""What can be asked about company top-ups. Importing it registers the operations."""

from billing.topups.operations import automatic, monthly, once

__all__ = ["automatic", "monthly", "once"]
