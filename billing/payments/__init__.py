"""Paying on the page of a card circuit or a bank: what we ask, what they tell us, and what follows from it."""
