"""The store and the mechanisms: plumbing and facts on disk, no subject matter. Imports nothing above it."""
