"""What the Reconciliation API 0.2 demands of answers, as JSON schemas.

A transcription of the published ones: https://reconciliation-api.github.io/specs/0.2/schemas/ (manifest,
reconciliation-result-batch, suggest-entities-response, suggest-types-response, suggest-properties-response,
data-extension-response, type), as of their commit 76328a4d. Descriptions are left out; constraints are all there but
those on `authentication`, which this service has not.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
STRING: Schema = {"type": "string"}


def an_object(properties: dict[str, Schema], *required: str, **more: Any) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), **more}


def a_list(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def with_id(place: str) -> Schema:
    return {"type": "string", "pattern": place}


TYPE = an_object(
    {"id": STRING, "name": STRING, "description": STRING, "broader": a_list({"type": "object"})}, "id", "name"
)
TYPE_OR_ID: Schema = {"oneOf": [an_object({"id": STRING, "name": STRING}, "id"), STRING]}
URL = an_object({"url": with_id(r".*\{\{id\}\}.*")}, "url")
SERVICE = an_object(
    {
        "service_url": STRING,
        "service_path": STRING,
        "flyout_service_url": STRING,
        "flyout_service_path": with_id(r".*\$\{id\}.*"),
    }
)


def setting(kind: str, default: str, *required: str, **more: Schema) -> Schema:
    fields: dict[str, Schema] = {"type": {"type": "string", "enum": [kind]}, "default": {"type": default}}
    words = {"label": STRING, "name": STRING, "help_text": STRING}
    return an_object({**fields, **words, **more}, "type", "label", "name", *required)


CHOICES = a_list(an_object({"value": STRING, "name": STRING}, "value", "name"))
SETTINGS: Schema = {
    "oneOf": [
        setting("number", "number"),
        setting("text", "string"),
        setting("checkbox", "boolean"),
        setting("select", "string", "choices", choices=CHOICES),
    ]
}
MANIFEST = an_object(
    {
        "versions": a_list(STRING, contains={"enum": ["0.2"]}),
        **dict.fromkeys(("name", "identifierSpace", "schemaSpace", "documentation", "serviceVersion", "logo"), STRING),
        "view": URL,
        "feature_view": URL,
        "defaultTypes": a_list(TYPE, uniqueItems=True),
        "suggest": an_object({"entity": SERVICE, "property": SERVICE, "type": SERVICE}),
        "preview": an_object(
            {**URL["properties"], "width": {"type": "integer"}, "height": {"type": "integer"}},
            *("url", "width", "height"),
        ),
        "extend": an_object(
            {
                "propose_properties": an_object({"service_url": STRING, "service_path": STRING}),
                "property_settings": a_list(SETTINGS),
            }
        ),
    },
    *("versions", "name", "identifierSpace", "schemaSpace"),
)
FEATURE = an_object({"id": STRING, "value": {"oneOf": [{"type": "boolean"}, {"type": "number"}]}})
CANDIDATE = an_object(
    {
        "id": STRING,
        "name": STRING,
        "description": STRING,
        "score": {"type": "number"},
        "features": a_list(FEATURE),
        "match": {"type": "boolean"},
        "type": a_list(TYPE_OR_ID),
    },
    *("id", "name", "score"),
)
RESULTS: Schema = {
    "type": "object",
    "patternProperties": {"^.*$": an_object({"result": a_list(CANDIDATE)}, "result")},
}
SUGGESTED_ENTITIES = an_object(
    {
        "result": a_list(
            an_object(
                {"id": STRING, "name": STRING, "description": STRING, "notable": a_list(TYPE_OR_ID)}, "id", "name"
            )
        )
    },
    "result",
)
SUGGESTED_PROPERTIES = an_object(
    {"result": a_list(an_object({"id": STRING, "name": STRING, "description": STRING}, "id", "name"))}, "result"
)
SUGGESTED_TYPES = an_object({"result": a_list(TYPE)})
_MOMENT = (
    r"^(-?(?:[1-9][0-9]*)?[0-9]{4})-(1[0-2]|0[1-9])-(3[01]|0[1-9]|[12][0-9])T(2[0-3]|[01][0-9]):([0-5][0-9])"
    r":([0-5][0-9])(\.[0-9]+)?(Z|[+-](?:2[0-3]|[01][0-9]):[0-5][0-9])?$"
)


def only(properties: dict[str, Schema], *required: str) -> Schema:
    return an_object(properties, *required, additionalProperties=False)


CELL: Schema = {
    "oneOf": [
        only({}),
        only({"id": STRING, "name": STRING, "description": STRING}, "id", "name"),
        only({"str": STRING}, "str"),
        only({"float": {"type": "number"}}, "float"),
        only({"int": {"type": "integer"}}, "int"),
        only({"date": {"type": "string", "pattern": _MOMENT}}, "date"),
    ]
}
EXTENSION = an_object(
    {
        "meta": a_list(
            an_object(
                {
                    "id": STRING,
                    "name": STRING,
                    "type": an_object({"id": STRING, "name": STRING}, "id"),
                    "service": {"type": "string", "pattern": "^https?://"},
                },
                *("id", "name"),
            )
        ),
        "rows": {
            "type": "object",
            "patternProperties": {".*": {"type": "object", "patternProperties": {".*": a_list(CELL)}}},
        },
    },
    *("rows", "meta"),
)
