"""Who did what: an append-only register, written explicitly by services."""
