"""eBill, built in."""
