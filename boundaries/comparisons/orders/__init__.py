"""Comparisons of files that nobody handed in: surveys of lines, or layers of units. Ordered, worked out, forgotten."""
