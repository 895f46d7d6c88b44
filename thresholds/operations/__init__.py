"""What can be asked about thresholds (7.5.1–7.5.4)."""
