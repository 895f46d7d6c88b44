"""Lists of help."""
