"""Work that nobody waits for: `python -m api.jobs` is the worker."""
