"""Every change of a threshold, and what follows when one is passed."""
