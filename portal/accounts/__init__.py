"""Who one is: registration, one-time codes, entering, recovery, personal data."""
