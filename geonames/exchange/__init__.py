"""Bulk export and import: the gazetteer as files of open formats, and files of others as reviewed changes."""
