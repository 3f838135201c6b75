"""What a Frictionless Data Package demands, as a JSON schema.

A transcription of the published schema of Data Package 1 (profiles/data-package.json of the Frictionless standards,
2017-06-02, public domain), as far as an export says anything: names, resources, licences, sources, dates, and the
Table Schema of tabular resources.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": "string", "pattern": "^([-a-z0-9._/])+$"}
LICENCE: Schema = {
    "type": "object",
    "anyOf": [{"required": ["name"]}, {"required": ["path"]}],
    "properties": {"name": {"type": "string", "pattern": "^([-a-zA-Z0-9._])+$"}, "path": TEXT, "title": TEXT},
}
SOURCE: Schema = {
    "type": "object",
    "required": ["title"],
    "properties": {"title": TEXT, "path": TEXT, "email": TEXT},
}
FIELD: Schema = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": TEXT,
        "type": {
            "enum": [
                "string", "number", "integer", "date", "time", "datetime", "year", "yearmonth", "boolean", "object",
                "geopoint", "geojson", "array", "duration", "any",
            ]
        },
        "format": TEXT,
        "description": TEXT,
        "constraints": {
            "type": "object",
            "properties": {"required": {"type": "boolean"}, "unique": {"type": "boolean"}},
        },
    },
}  # fmt: skip
TABLE: Schema = {
    "type": "object",
    "required": ["fields"],
    "properties": {
        "fields": {"type": "array", "minItems": 1, "items": FIELD},
        "primaryKey": {"oneOf": [TEXT, {"type": "array", "minItems": 1, "items": TEXT}]},
        "missingValues": {"type": "array", "items": TEXT},
    },
}
RESOURCE: Schema = {
    "type": "object",
    "oneOf": [{"required": ["name", "data"]}, {"required": ["name", "path"]}],
    "properties": {
        "profile": TEXT,
        "name": NAME,
        "path": {"type": "string", "pattern": "^(?=^[^./~])(^((?!\\.{2}).)*$).*$"},
        "schema": TABLE,
        "title": TEXT,
        "description": TEXT,
        "sources": {"type": "array", "items": SOURCE},
        "licenses": {"type": "array", "minItems": 1, "items": LICENCE},
        "format": TEXT,
        "mediatype": {"type": "string", "pattern": "^(.+)/(.+)$"},
        "encoding": TEXT,
        "bytes": {"type": "integer"},
        "hash": {"type": "string", "pattern": "^([^:]+:[a-fA-F0-9]+|[a-fA-F0-9]{32}|)$"},
    },
}
DATA_PACKAGE: Schema = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["resources"],
    "properties": {
        "profile": TEXT,
        "name": NAME,
        "id": TEXT,
        "title": TEXT,
        "description": TEXT,
        "homepage": TEXT,
        "created": {"type": "string", "format": "date-time"},
        "licenses": {"type": "array", "minItems": 1, "items": LICENCE},
        "sources": {"type": "array", "items": SOURCE},
        "resources": {"type": "array", "minItems": 1, "items": RESOURCE},
    },
}
