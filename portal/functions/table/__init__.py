"""The rows of the table, a module a chapter of the catalogue."""
