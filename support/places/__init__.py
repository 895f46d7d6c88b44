"""Where municipalities and postal codes are."""
