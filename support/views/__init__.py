"""The web face of help."""
