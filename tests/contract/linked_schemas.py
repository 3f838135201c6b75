"""What the Linked Places Format demands, as a JSON schema.

A transcription of the schema by which the World Historical Gazetteer takes contributions (validation/static/
lpf_v2.0.jsonld, its commit 0782a592), the only published one of the format; of geometries only points and null are
here, because nothing else is served, and of citations of the whole collection nothing.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
_URL = r"^(https?:\/\/)(www\.)?[a-zA-Z0-9\-\.]{2,256}\.[a-z]{2,63}(\:[0-9]{1,5})?(\/.*)?$"
URL_OR_TERM: Schema = {"anyOf": [{"type": "string", "pattern": _URL}, {"type": "string", "pattern": r"^\w+:[^\s]+$"}]}
NARROW = r"^(bnf|cerl|dbp|gn|gnd|gov|loc|pl|tgn|viaf|wd|wp):[^\s]+$"
URL_OR_NARROW: Schema = {"anyOf": [{"type": "string", "pattern": _URL}, {"type": "string", "pattern": NARROW}]}
DATE: Schema = {
    "type": "string",
    "pattern": r"^(-\d{5,})$|^(-?\d{1,4})(-(0[1-9]|1[0-2]))?(-([0-2][0-9]|3[01]))?$",
}
MOMENT: Schema = {
    "type": "object",
    "properties": {"in": DATE, "earliest": DATE, "latest": DATE},
    "oneOf": [
        {"required": ["in"]},
        {"anyOf": [{"required": ["earliest"]}, {"required": ["latest"]}], "not": {"required": ["in"]}},
    ],
    "additionalProperties": False,
}
SPAN: Schema = {"type": "object", "properties": {"start": MOMENT, "end": MOMENT}, "additionalProperties": False}
WHEN: Schema = {
    "type": "object",
    "properties": {"timespans": {"type": "array", "items": SPAN}},
    "required": ["timespans"],
}
LANGUAGE: Schema = {
    "type": "string",
    "pattern": r"^(([A-Za-z]{2,3})(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?)$",
}
CITATION: Schema = {
    "type": "object",
    "properties": {"label": TEXT, "@id": URL_OR_TERM},
    "anyOf": [{"required": ["label"]}, {"required": ["@id"]}],
}
NAME: Schema = {
    "type": "object",
    "properties": {
        "toponym": TEXT,
        "when": WHEN,
        "lang": LANGUAGE,
        "citations": {"type": "array", "items": CITATION},
    },
    "required": ["toponym"],
}
TYPE: Schema = {
    "type": "object",
    "properties": {
        "label": TEXT,
        "identifier": URL_OR_TERM,
        "sourceLabels": {
            "type": "array",
            "items": {"type": "object", "properties": {"label": TEXT, "lang": LANGUAGE}, "required": ["label"]},
        },
        "when": WHEN,
    },
}
RELATION: Schema = {
    "type": "object",
    "properties": {"relationType": URL_OR_TERM, "relationTo": URL_OR_TERM, "label": TEXT, "when": WHEN},
    "required": ["relationType", "relationTo"],
}
LINK: Schema = {
    "type": "object",
    "properties": {
        "type": {"enum": ["closeMatch", "exactMatch", "primaryTopicOf", "subjectOf", "seeAlso"]},
        "identifier": URL_OR_NARROW,
    },
    "required": ["type", "identifier"],
}
POINT: Schema = {
    "type": "object",
    "properties": {
        "type": {"enum": ["Point"]},
        "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    },
    "required": ["type", "coordinates"],
}
CODES: Schema = {"type": "array", "items": {"enum": ["CN"]}, "minItems": 1, "uniqueItems": True}
FEATURE: Schema = {
    "type": "object",
    "properties": {
        "@id": URL_OR_TERM,
        "type": {"enum": ["Feature"]},
        "properties": {"type": "object", "properties": {"title": TEXT, "ccodes": CODES}, "required": ["title"]},
        "geometry": {"oneOf": [{"type": "null"}, POINT]},
        "names": {"type": "array", "items": NAME, "contains": {"type": "object", "minProperties": 1}},
        "types": {"type": "array", "items": TYPE},
        "relations": {"type": "array", "items": RELATION},
        "links": {"type": "array", "items": LINK},
        "when": WHEN,
    },
    # the format wants a time in at least one of several places; ours is always that of the feature
    "required": ["@id", "type", "properties", "geometry", "names", "types", "when"],
}
LINKED_PLACES: Schema = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "properties": {
        "type": {"enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": FEATURE, "minItems": 1},
    },
    "required": ["type", "features"],
}
