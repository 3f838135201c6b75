"""The division register (行政区划): units, their versions, codes and lineage."""
