"""Which encoding the texts of a table are in: what is declared, judged against every byte. Nothing is replaced.

Chinese is decoded as GB 18030 and never as GBK, which lacks characters that stand
in names. A declaration is believed if every text decodes by it, unless the texts
are valid UTF-8 with Chinese in it, which texts of another encoding hardly ever are.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from boundaries.intake.model import Array, EncodingBelief, Fact, Observation

#: What tools write for encodings that GB 18030 contains.
GB_NAMES = ("936", "cp936", "gbk", "gb2312", "ansi 936", "gb18030", "ms936", "hz-gb-2312")
UTF8_NAMES = ("65001", "utf8", "utf-8", "utf_8", "cp65001")
TRIALS = ("UTF-8", "GB18030")
#: A .dbf holds so many bytes of a field's name.
NAME_BYTES = 10
#: Whatever a table is in, these mean themselves; what is called an encoding and changes them is none of a table.
PRINTABLE = bytes(range(0x20, 0x5C)) + bytes(range(0x5D, 0x7F)) + rb" \u0041.xn--80ak6aa92e"
#: How many damaged texts of one layer are listed singly.
LISTED = 20


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a table: values (bytes) by field name, what its .cpg says and what its header declares."""

    columns: Mapping[bytes, Array]
    cpg: str | None
    ldid: str | None


@dataclass(frozen=True, slots=True)
class Value:
    """One text that is in the table, with the field and the first feature (from 1) that has it."""

    field: bytes
    feature: int
    raw: bytes


def judge(texts: Texts, layer: str) -> tuple[EncodingBelief, list[Observation]]:
    """The encoding of `texts` and what is wrong with it."""
    values = [value for value in _distinct(texts.columns) if not value.raw.isascii()]
    names = [name for name in texts.columns if not name.isascii()]
    declared = texts.cpg or texts.ldid
    if not values and not names:
        named = codec_of(declared) if declared else None
        return EncodingBelief(declared, named or "ASCII", "there are only ASCII characters"), []
    believed, why = _believed(declared, [value.raw for value in values] or [_uncut(name) for name in names])
    belief = EncodingBelief(declared, believed, why)
    return belief, [*_conflicts(texts, believed, layer), *_damages(values, names, believed, layer)]


def _distinct(columns: Mapping[bytes, Array]) -> Iterator[Value]:
    for name, column in columns.items():
        found, first = np.unique(column, return_index=True)
        for raw, row in zip(found.tolist(), first.tolist(), strict=True):
            yield Value(name, row + 1, raw)


def _uncut(name: bytes) -> bytes:
    """A field name without the first bytes of a character at its end, of which the format cut off the rest."""
    if len(name) < NAME_BYTES:
        return name
    for encoding in TRIALS:
        try:
            whole = codecs.getincrementaldecoder(encoding)().decode(name)
        except UnicodeDecodeError:
            continue
        return whole.encode(encoding)
    return name


def _believed(declared: str | None, raws: Sequence[bytes]) -> tuple[str, str]:
    """The encoding in which `raws` are, and why."""
    named = codec_of(declared) if declared else None
    failures = {trial: _failures(raws, trial) for trial in (*TRIALS, *([named] if named else []))}
    if failures["UTF-8"] == 0 and _shows_chinese(raws, "UTF-8"):
        return "UTF-8", "every text decodes as UTF-8 and shows Chinese"
    if named and failures[named] == 0 and not _better_as_gb(named, raws, failures["GB18030"]):
        return named, "every text decodes by the declaration"
    for trial in TRIALS:
        if failures[trial] == 0:
            return trial, f"every text decodes as {trial}" + (f", not as {declared}" if named else "")
    best = min(failures, key=lambda trial: (failures[trial], trial != named))
    return best, f"{failures[best]:,} of {len(raws):,} texts do not decode as {best}; by others more fail"


def codec_of(name: str) -> str | None:
    """The encoding that a declaration names, GB 18030 for all that it contains; None where it names none."""
    wanted = name.strip().lower()
    if wanted in GB_NAMES:
        return "GB18030"
    if wanted in UTF8_NAMES:
        return "UTF-8"
    try:
        found = codecs.lookup(wanted.removeprefix("ansi ")).name
        return found if PRINTABLE.decode(found) == PRINTABLE.decode("ascii") else None
    except (LookupError, ValueError):
        return None


def _failures(raws: Sequence[bytes], encoding: str) -> int:
    return sum(not _decodes(raw, encoding) for raw in raws)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _shows_chinese(raws: Sequence[bytes], encoding: str) -> bool:
    return any(is_chinese(character) for raw in raws for character in raw.decode(encoding))


def _better_as_gb(named: str, raws: Sequence[bytes], failures: int) -> bool:
    """Whether a declaration by which every byte decodes (a single-byte one) hides Chinese."""
    if named in TRIALS or failures:
        return False
    characters = [c for raw in raws for c in raw.decode("gb18030") if not c.isascii()]
    return sum(map(is_chinese, characters)) > len(characters) * 0.9


def is_chinese(character: str) -> bool:
    """Whether `character` is a Han character (CJK unified ideographs with extensions A to H)."""
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U000323af"


def _conflicts(texts: Texts, believed: str, layer: str) -> list[Observation]:
    cpg = codec_of(texts.cpg) if texts.cpg else None
    if texts.cpg and cpg is None:
        facts = {"declared": texts.cpg[:40], "believed": believed}
        return [Observation("encoding_conflict", "unknown", facts, layer=layer)]
    declared = cpg or texts.ldid
    if declared and declared != believed:
        shown = {"declared": texts.cpg or str(texts.ldid), "believed": believed}
        return [Observation("encoding_conflict", "bytes", shown, layer=layer)]
    if cpg and texts.ldid and cpg != texts.ldid:
        facts = {"cpg": str(texts.cpg), "ldid": texts.ldid, "believed": believed}
        return [Observation("encoding_conflict", "declarations", facts, layer=layer)]
    return []


def _damages(values: Sequence[Value], names: Sequence[bytes], believed: str, layer: str) -> list[Observation]:
    found = [seen for value in values if (seen := _damage(value, believed, layer)) is not None]
    cut = [_name_cut(name, believed, layer) for name in names if not _decodes(name, believed)]
    return [*cut, *shortened(found, layer)]


def _damage(value: Value, believed: str, layer: str) -> Observation | None:
    field = decoded(value.field, believed)
    if not _decodes(value.raw, believed):
        facts: dict[str, Fact] = {
            "field": field,
            "feature": value.feature,
            "believed": believed,
            "bytes": value.raw[-12:].hex(" "),
        }
        return Observation("encoding_damaged", "value", facts, layer, value.feature, field)
    return text_damage(value.raw.decode(believed), field, value.feature, layer)


def _name_cut(name: bytes, believed: str, layer: str) -> Observation:
    field = decoded(name, believed)
    return Observation("encoding_damaged", "field_name", {"field": field}, layer, field=field)


def shortened(found: Sequence[Observation], layer: str) -> list[Observation]:
    """The first of `found`, and how many more there are."""
    rest = len(found) - LISTED
    more = [Observation("encoding_damaged", "more", {"count": rest}, layer)] if rest > 0 else []
    return [*found[:LISTED], *more]


def text_damage(text: str, field: str, feature: int, layer: str) -> Observation | None:
    """What shows that `text` was decoded wrongly before it was stored; None where nothing does."""
    if "\ufffd" in text or "锟斤拷" in text:
        facts: dict[str, Fact] = {"field": field, "feature": feature, "text": text[:40]}
        return Observation("encoding_damaged", "lost", facts, layer, feature, field)
    was = original_of(text)
    if was is None:
        return None
    facts = {"field": field, "feature": feature, "text": text[:40], "was": was[:40]}
    return Observation("encoding_damaged", "twice", facts, layer, feature, field)


def original_of(text: str) -> str | None:
    """What `text` was before UTF-8 was taken for Latin-1 or GB 18030, or GB 18030 for Latin-1; else None."""
    for wrong, right, least in (("cp1252", "utf-8", 1), ("latin-1", "utf-8", 1), ("gb18030", "utf-8", 2)):
        was = _turned_back(text, wrong, right)
        if was is not None and sum(map(is_chinese, was)) >= least:
            return was
    if not any(character.isascii() and character.isalpha() for character in text):
        was = _turned_back(text, "latin-1", "gb18030")
        if was is not None and sum(map(is_chinese, was)) >= 2:
            return was
    return None


def _turned_back(text: str, wrong: str, right: str) -> str | None:
    try:
        raw = text.encode(wrong)
        return None if raw.isascii() else raw.decode(right)
    except UnicodeError:
        return None


def decoded(raw: bytes, encoding: str) -> str:
    """`raw` as far as it decodes: what was cut in the middle of a character ends before it."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        return raw[: error.start].decode(encoding) if error.start else raw.decode("latin-1")
