"""Every change of drafts, requests and orders."""
