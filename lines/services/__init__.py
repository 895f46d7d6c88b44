"""Every change to lines, SIMs, services and devices. Set-based, audited, and true in the inventories at once."""
