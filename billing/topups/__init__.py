"""Top-ups of prepaid lines that the organization pays with its invoice."""
