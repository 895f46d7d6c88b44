"""Everything that can be asked about lines, SIMs and devices. Importing it registers the operations."""

from lines.operations import block, deferred, imei, network, over_use, rif, stock, swap, termination

__all__ = ["block", "deferred", "imei", "network", "over_use", "rif", "stock", "swap", "termination"]
