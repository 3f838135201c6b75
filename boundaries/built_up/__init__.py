"""Built-up areas (建成区): the reach within which streets and estates must not share a name."""
