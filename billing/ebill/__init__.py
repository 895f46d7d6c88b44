"""eBill, built in: invoices as pages, traffic on line net of bundle, cost centres."""
