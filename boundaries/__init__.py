"""The boundary register: administrative units, their codes and lineage, lines, markers, versions of all of it."""
