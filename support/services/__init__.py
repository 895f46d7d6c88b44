"""Every change of what helps: each keyword-only, in a transaction, with a line in the register."""
