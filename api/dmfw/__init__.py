"""The interface of the national place-name database at its own addresses; see docs/api/dmfw.md."""
