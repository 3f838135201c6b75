"""Files of others as places: read row by row, held against the register, reported, decided, undone."""
