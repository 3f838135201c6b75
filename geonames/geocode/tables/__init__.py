"""Tables of addresses: read, geocoded row by row by a job, and given back with what was and was not understood."""
