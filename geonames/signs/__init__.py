"""Signs of place names (地名标志): the plate of a street drawn from its standard name, for preview and print."""
