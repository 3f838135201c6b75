"""Shapes and examples of the reconciliation service, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from api.v1.schemas import Shape


class SuggestedItem(Shape):
    """One suggestion."""

    id: str
    name: str
    description: str | None = None


class Suggested(Shape):
    """Suggestions, best first."""

    result: list[SuggestedItem]


class Proposed(Shape):
    """Properties that can be fetched."""

    properties: list[SuggestedItem]


_ENTITY = {
    "id": "44422e86-00c9-5a69-8e54-457a50855f4e",
    "name": "襄阳市",
    "description": "湖北省 · 420600",
}
_TYPES = [{"id": "ADMIN_DIVISION", "name": "行政区划"}, {"id": "21300", "name": "地级行政区域"}]
MANIFEST: dict[str, Any] = {
    "versions": ["0.2"],
    "name": "Diming 地名",
    "identifierSpace": "https://register.example/id/place/",
    "schemaSpace": "https://register.example/v1/classes",
    "view": {"url": "https://register.example/id/place/{{id}}"},
}
ANSWER: dict[str, Any] = {
    "q0": {
        "result": [
            {**_ENTITY, "score": 100.0, "match": True, "type": _TYPES, "features": [{"id": "exact", "value": True}]}
        ]
    }
}
SUGGESTED: dict[str, Any] = {"result": [{**_ENTITY, "notable": _TYPES}]}
SUGGESTED_TYPES: dict[str, Any] = {
    "result": [{"id": "22200", "name": "农村居民点", "description": "rural settlements"}]
}
SUGGESTED_PROPERTIES: dict[str, Any] = {
    "result": [{"id": "former_names", "name": "曾用名", "description": "names of the past"}]
}
PROPOSED: dict[str, Any] = {"properties": [{"id": "former_names", "name": "曾用名"}], "limit": 1000}
_FIELDS = {
    "type": "object",
    "properties": {
        "queries": {"type": "string", "description": "A batch of queries as JSON."},
        "extend": {"type": "string", "description": "A data extension as JSON."},
    },
}
BATCH_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": _FIELDS,
            "example": {"queries": '{"q0": {"query": "襄樊市", "properties": [{"pid": "within", "v": "420000"}]}}'},
        }
    },
}
