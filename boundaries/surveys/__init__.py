"""Surveying projects (勘界): a line between two units, from the working map to the agreement, approval and archive."""
