"""TEM: where the money of a contract goes, read from the sums and never from events."""
