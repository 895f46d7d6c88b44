"""How data of the operator come in: csv files, checked row by row, loaded in batches, each loaded once."""
