"""Provinces, municipalities and kinds of street: what address forms offer (S-26)."""
