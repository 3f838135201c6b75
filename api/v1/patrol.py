"""`/v1/patrol`: what a keeper's phone asks for and sends."""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body, Header, Query
from pydantic import BeforeValidator, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of, clock_of
from api.deps import v1_router
from api.uploads import blobs_of, in_thread
from api.v1 import patrol_shapes as shapes
from api.v1.answers import STAFF_CACHE, conditional, encode
from api.v1.params import EntityId, optional_id
from api.v1.staff import answer, answers
from boundaries.patrol.extract import extract
from boundaries.patrol.files import Came, keep_file, most_bytes
from boundaries.patrol.observations import check_batch, keep_observation, keep_walk
from boundaries.patrol.rules import rules
from data.access import Actor
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import BadInput, BadRequest, Conflict, DimingError

router = v1_router("patrol", "/patrol")

Digest = Annotated[
    str,
    Header(
        alias="Content-Digest",
        max_length=200,
        pattern=r"^sha-256=:[A-Za-z0-9+/]{43}=:$",
        description="SHA-256 of the file (RFC 9530): what broke off on its way is not kept.",
    ),
]
Account = Annotated[
    Annotated[UUID, BeforeValidator(optional_id), WithJsonSchema({"type": "string", "format": "uuid", "maxLength": 36})]
    | None,
    Query(description="Whose it is: refused where somebody else is signed in."),
]
Kind = Annotated[Literal["photo", "voice"], Query(description="What it is: a photo, or a voice note.")]
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
PHONE = ("sign_in_needed", "not_permitted")
SENT = ("other_account", "cross_site_write", "bad_body", "bad_json", "body_too_large", "too_many_observations")


@router.get(
    "/extract",
    summary="What you take along to the field",
    response_model=shapes.Extract,
    responses=answers(200, shapes.EXAMPLE_EXTRACT, *PHONE, "register_empty"),
)
def take_along(request: Request) -> Response:
    """Your markers with their positions and witness objects, your tasks, and a sketch of the line.

    For a day without a network. Of markers that were not assigned to you it holds nothing.
    """
    actor, now = actor_of(request), clock_of(request)()
    require_signed_in(actor)
    with reading(request.app.state.databases.office) as connection:
        found = extract(connection, actor, now)
    return conditional(request, encode(found), STAFF_CACHE, "application/json")


@router.put(
    "/files/{id}",
    summary="Send a photo or a voice note",
    response_model=shapes.KeptFile,
    responses=answers(
        200,
        shapes.EXAMPLE_FILE,
        *PHONE,
        *("cross_site_write", "bad_id", "bad_digest", "file_broken_off", "file_empty", "file_too_large"),
        *("file_not_accepted", "file_id_reused", "other_account", "patrol_quota", "body_too_large"),
    ),
    openapi_extra=FILE,
)
async def send_file(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    content_digest: Digest,
    kind: Kind = "photo",
    account: Account = None,
) -> Response:
    """Keep a file under the id that the phone made; sent again it is kept once and answered alike.

    Send the files first, then the observation that names them.
    """
    actor, now = await in_thread(lambda: actor_of(request)), clock_of(request)()
    require_signed_in(actor)
    _require_owner(actor, account)
    came = Came(id, kind, read_digest(content_digest))
    engine, blobs = request.app.state.databases.office, blobs_of(request)
    with tempfile.TemporaryDirectory(prefix="diming-patrol-") as folder:
        path = Path(folder) / "file"
        await _spool(request, path, most_bytes(kind, rules().limits))
        return answer(await in_thread(lambda: keep_file(engine, blobs, actor, came, path, now)))


async def _spool(request: Request, path: Path, most: int) -> None:
    """Write the body to the disk as it comes; BadInput `file_too_large`, `file_empty`."""
    received = 0
    with path.open("wb") as out:
        async for block in request.stream():
            received += len(block)
            if received > most:
                raise BadInput(f"The file has more than {most:,} bytes. Nothing was stored.", code="file_too_large")
            out.write(block)
    if received == 0:
        raise BadInput("The file is empty. Nothing was stored.", code="file_empty")


def read_digest(header: str) -> bytes:
    """The SHA-256 of a `Content-Digest` (RFC 9530); BadRequest `bad_digest`."""
    found = re.fullmatch(r"sha-256=:([A-Za-z0-9+/]{43}=):", header)
    try:
        return base64.b64decode(found[1] if found else "!", validate=True)
    except binascii.Error as error:
        raise BadRequest(
            "Content-Digest is sha-256=:…: with the hash of the file in base64 (RFC 9530).", code="bad_digest"
        ) from error


@router.post(
    "/observations",
    summary="Send what you saw",
    response_model=shapes.Results,
    responses=answers(200, shapes.EXAMPLE_RESULTS, *PHONE, *SENT, "register_empty"),
)
def send(
    request: Request, body: Annotated[shapes.Sent, Body(openapi_examples={"lost": {"value": shapes.EXAMPLE_SENT}})]
) -> Response:
    """Keep observations and walks, each by itself and exactly once: what is sent again is answered alike.

    What is refused says why in `problem`; it stays on the phone and stops nothing else.
    """
    actor, now = actor_of(request), clock_of(request)()
    require_signed_in(actor)
    _require_owner(actor, body.account)
    check_batch(len(body.observations) + len(body.walks))
    engine, ahead = request.app.state.databases.office, _ahead_s(body.sent_at, now)

    def seen(item: dict[str, Any]) -> dict[str, Any]:
        return keep_observation(engine, actor, shapes.observation_of(item), now, ahead)

    def walked(item: dict[str, Any]) -> dict[str, Any]:
        return keep_walk(engine, actor, shapes.walk_of(item), now)

    return answer({"results": [*_each(body.observations, seen), *_each(body.walks, walked)]})


def _require_owner(actor: Actor, account: UUID | None) -> None:
    """A phone that changes hands sends nothing of one keeper as another's; Conflict `other_account`."""
    if account is not None and account != actor.account_id:
        raise Conflict(
            "This was saved by another account than the one that is signed in. Nothing was stored; it stays on the "
            "phone until who saved it signs in.",
            code="other_account",
        )


def _ahead_s(sent_at: datetime | None, now: datetime) -> float | None:
    return None if sent_at is None else round((sent_at - now).total_seconds(), 1)


def _each(items: Sequence[dict[str, Any]], keep: Callable[[dict[str, Any]], dict[str, Any]]) -> list[dict[str, Any]]:
    return [_kept_or_refused(item, keep) for item in items]


def _kept_or_refused(item: dict[str, Any], keep: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """A refusal is the answer to this one thing; what fails on our side is the whole request's, to be sent again."""
    try:
        return keep(item)
    except DimingError as error:
        if error.status >= 500:
            raise
        named = item.get("id")
        return {"id": named[:40] if isinstance(named, str) else None, "outcome": "refused", "problem": error.problem()}
