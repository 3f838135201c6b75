"""Places in the forms in which gazetteers are linked: Linked Places Format, LP-TSV, GeoJSON, schema.org. Out only."""
