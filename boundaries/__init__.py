"""The boundary register: administrative units, codes, lineage, lines, markers, and versions of all of it."""
