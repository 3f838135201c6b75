"""Files in parts (RFC 9110 section 14): a download that broke goes on where it stands, if the file is still the same.

The validator is strong: the SHA-256 of the content. One range is answered; several at once are answered with the whole.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from data.errors import BadRequest

BLOCK = 1 << 18
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `first` to `last`, both included."""

    first: int
    last: int


class Unsatisfiable(BadRequest):
    """No byte of the file is in the range."""

    status, code, title = 416, "range_not_satisfiable", "There is no such part of the file"


def _none(size: int) -> Unsatisfiable:
    return Unsatisfiable(f"The file has {size:,} bytes; none of them is in the range asked for.", bytes=size)


def part_of(header: str | None, size: int) -> Part | None:
    """The part that a `Range` header asks for; None: the whole. Raises `Unsatisfiable`."""
    match = _RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        wanted = int(match[2])
        if wanted == 0 or size == 0:
            raise _none(size)
        return Part(max(0, size - wanted), size - 1)
    first, last = int(match[1]), min(int(match[2]) if match[2] else size - 1, size - 1)
    if match[2] and int(match[2]) < int(match[1]):
        return None
    if first >= size:
        raise _none(size)
    return Part(first, last)


def file_response(
    request: Request, opened: AbstractContextManager[tuple[dict[str, Any], BinaryIO]], *, private: bool = False
) -> Response:
    """The file, a part of it (206), nothing new (304), or 416; `opened` gives name, media type, bytes, SHA-256."""
    with ExitStack() as stack:
        row, file = stack.enter_context(opened)
        sha256, size = bytes(row["sha256"]), row["bytes"]
        tag = f'"{sha256.hex()}"'
        headers = {
            "ETag": tag,
            "Accept-Ranges": "bytes",
            "Cache-Control": "private, no-store" if private else "public, max-age=86400, immutable",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row['name'], safe='')}",
            "Repr-Digest": f"sha-256=:{b64encode(sha256).decode()}:",
            "X-Content-Type-Options": "nosniff",
        }
        if tag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        same = request.headers.get("if-range", tag) == tag
        part = part_of(request.headers.get("range"), size) if same else None
        status, begin, length = 200, 0, size
        if part is not None:
            status, begin, length = 206, part.first, part.last - part.first + 1
            headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
        file.seek(begin)
        headers["Content-Length"] = str(length)
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers, media_type=row["media_type"])
        body = _blocks(stack.pop_all(), file, length)
        return StreamingResponse(body, status, headers=headers, media_type=row["media_type"])


def _blocks(stack: ExitStack, file: BinaryIO, length: int) -> Iterator[bytes]:
    with stack:
        while length > 0 and (block := file.read(min(BLOCK, length))):
            length -= len(block)
            yield block
