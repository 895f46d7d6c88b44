"""Work that takes time is a row with a state; a worker claims it, and nobody can claim it twice."""
