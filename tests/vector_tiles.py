"""What is written in a vector tile (Mapbox Vector Tile 2.1), read without a library: the properties of its features."""

from __future__ import annotations

from collections.abc import Iterator

#: Field numbers of the format's messages, and wire types of Protocol Buffers.
LAYERS, FEATURES, KEYS, VALUES, TAGS, TEXT = 3, 2, 3, 4, 2, 1
VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5


def properties(tile: bytes) -> list[dict[str, str]]:
    """The properties of every feature of every layer; our tiles hold texts only."""
    found = []
    for layer in _messages(tile, LAYERS):
        keys = [key.decode() for key in _messages(layer, KEYS)]
        values = [next(_messages(value, TEXT)).decode() for value in _messages(layer, VALUES)]
        for feature in _messages(layer, FEATURES):
            tags = list(_numbers(next(_messages(feature, TAGS), b"")))
            pairs = zip(tags[::2], tags[1::2], strict=True)
            found.append({keys[key]: values[value] for key, value in pairs})
    return found


def _messages(data: bytes, wanted: int) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        length, at = _length(tag & 7, data, at)
        if tag >> 3 == wanted and tag & 7 == BYTES:
            yield data[at : at + length]
        at += length


def _length(wire: int, data: bytes, at: int) -> tuple[int, int]:
    if wire == BYTES:
        return _varint(data, at)
    if wire == VARINT:
        return _varint(data, at)[1] - at, at
    return {EIGHT_BYTES: 8, FOUR_BYTES: 4}[wire], at


def _numbers(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = _varint(data, at)
        yield number


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
