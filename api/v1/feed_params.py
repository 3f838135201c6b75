"""The parameters of the feed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query
from pydantic import AfterValidator, BeforeValidator

from api.v1.params import MAX_SEQ, _schema, _unless_none, _whole_number, stable_error
from data.feed import COLLECTIONS

#: A proxy in between gives up after a minute, as most do.
MAX_WAIT_S = 55


def parse_collections(text: str) -> str:
    """Names of collections separated by commas, in order; `bad_collection` where one is unknown or given twice."""
    names = text.split(",")
    if len(set(names)) != len(names) or not set(names) <= set(COLLECTIONS):
        raise stable_error("bad_collection", f"collection is a list of {', '.join(COLLECTIONS)}, each once at most.")
    return ",".join(sorted(names))


def listed(collections: str | None) -> list[str] | None:
    """The collections asked for, None for all."""
    return collections.split(",") if collections else None


Collections = Annotated[
    Annotated[
        str,
        AfterValidator(parse_collections),
        _schema("string", pattern=r"^[a-z_]+(,[a-z_]+)*$", maxLength=200),
    ]
    | None,
    Query(description="Only these collections, separated by commas: " + ", ".join(COLLECTIONS) + "."),
]
Wait = Annotated[
    int,
    BeforeValidator(_unless_none(_whole_number(0, MAX_WAIT_S, "bad_wait"))),
    _schema("integer", minimum=0, maximum=MAX_WAIT_S, default=0),
    Query(description="Where nothing has changed yet: seconds to wait for it before an empty answer."),
]
SeqNumber = Annotated[
    int,
    BeforeValidator(_unless_none(_whole_number(0, MAX_SEQ, "bad_sequence"))),
    _schema("integer", minimum=0, maximum=MAX_SEQ),
]
AtSeq = Annotated[
    SeqNumber | None,
    Query(description="The state after the change of this number; default: the latest."),
]
LastEventId = Annotated[
    SeqNumber | None,
    Header(description="Number of the last change received, as browsers send it; goes before `since`."),
]
