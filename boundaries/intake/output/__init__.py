"""The report as files: a workbook (`excel`), layers for a GIS (`geopackage`), paper (`paper`)."""
