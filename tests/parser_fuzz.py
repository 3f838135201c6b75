"""Every parser of what comes from outside, given what nobody should give it: `python -m tests.parser_fuzz 5000 1`.

A sample that the parser takes is damaged again and again: bytes changed, cut, doubled, words of one sample put into
another, numbers at their limits, brackets a thousand deep, characters that no table foresees. Allowed is an answer, or
the refusal that the parser promises; anything else is a failure, and is told with the text that did it. By a seed, so
that a run can be had again. Boundary files have a fuzz of their own, `tests.intake_fuzz`, which adds memory and time.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import random
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic_core import PydanticCustomError

from api.v1 import params
from boundaries.changes.reading import read_act
from boundaries.markers import table as marker_table
from boundaries.network.operations import read_edits
from boundaries.surveys.points import read_points
from boundaries.units.enter import read_decision
from data.audit_proof import note
from data.crs_grids import understand
from data.edtf import parse_when
from data.errors import DimingError
from data.installations import page
from data.paging import decode_cursor, encode_cursor
from data.papers import check_name, check_paper
from data.partial_date import parse_iso, parse_written
from data.previews.kinds import excerpt
from data.signing.package import read_package
from data.uploads.service import parse_checksum
from geonames.campaigns.plan import read_parts
from geonames.exchange.incoming.linked import links_of
from geonames.exchange.incoming.mapping import read_mapping
from geonames.exchange.incoming.reading import opened
from geonames.features import filters
from geonames.features.collections import PLACES
from geonames.foreign import told as foreign
from geonames.geocode.pieces import pieces
from geonames.geocode.tables.model import read_addresses
from geonames.heritage.dossier import read_dossier
from geonames.places.codes import parse_place_code
from geonames.places.parsing import parse as parse_name
from geonames.reconcile.model import read_batch, read_extension
from geonames.romanize.engine import by_rule
from geonames.romanize.lexicon import national
from geonames.romanize.model import shape_of
from geonames.screening.reading import read_list
from geonames.search.area import polygon
from geonames.search.query import check_text, ways
from geonames.signs import numbering_table
from geonames.signs import table as sign_table
from geonames.vanished import told as vanished

#: Seconds of processor time within which one text is read or refused.
SECONDS = 10.0
Read = Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class Parser:
    """A parser, texts that it takes, and what it raises where it refuses."""

    name: str
    read: Read
    samples: tuple[bytes, ...]
    refuses: tuple[type[Exception], ...] = (DimingError,)
    #: It takes some hundredths of a second for a text: it is given fewer.
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A text that a parser neither read nor refused."""

    parser: str
    why: str
    text: bytes


def text(read: Callable[[str], Any]) -> Read:
    """A parser of text: what HTTP or a form has made text of."""
    return lambda raw: read(raw.decode("utf-8", "replace"))


def value(read: Callable[[Any], Any]) -> Read:
    """A parser of a JSON value, as the frame of the API hands it over; what is no JSON never comes so far."""

    def parsed(raw: bytes) -> Any:
        try:
            told = json.loads(raw)
        except (ValueError, RecursionError):
            return None
        return read(told)

    return parsed


def file(read: Callable[[Path], Any], suffix: str) -> Read:
    """A parser of a file."""

    def parsed(raw: bytes) -> Any:
        with tempfile.TemporaryDirectory(prefix="parser-fuzz-") as folder:
            path = Path(folder) / f"sample{suffix}"
            path.write_bytes(raw)
            return read(path)

    return parsed


def archive(**members: str) -> bytes:
    """A ZIP with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def _imported(path: Path) -> int:
    with opened(path, path.name, None, None, None) as found:
        return sum(1 for _ in found.rows())


def _positive(text: str) -> Any:
    return [params.parse_bbox(text), params.parse_near(text)]


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
LINE = UUID("54d272a5-008a-5c3d-bca0-7394a9c67f70")
QUERY = {"collection": "places", "level": "county"}
PAGE = {
    "format": page.FORMAT, "installation": "a", "for": "b", "since": 1, "through": 2, "last": 2,
    "items": [], "skipped": [[2, 2]], "mark": "m", "next_mark": "n",
}  # fmt: skip


def _signed_page(raw: bytes) -> Any:
    """A peer's page with a good signature: the peer itself lies."""
    payload = raw.decode("utf-8", "replace")
    signature = base64.b64encode(KEY.sign(f"{page.FORMAT}\n{payload}".encode())).decode()
    return page.read({"payload": payload, "key": "key", "signature": signature}, PUBLIC)


def _paper(name: str) -> Read:
    return file(lambda path: check_paper(path, name), ".bin")


def parsers() -> Iterator[Parser]:
    """All of them. A test holds the readers of the program against this list."""
    yield from _tables()
    yield from _documents()
    yield from _words()
    yield from _questions()


def _tables() -> Iterator[Parser]:
    markers = (
        "界桩编号,类型,面数,材质,经度,纬度,中误差,施测方法\n9901219901221001,单立,2,钢筋混凝土,110.05,30.05,0.1,RTK\n"
    )
    yield Parser("table of markers", lambda raw: marker_table.read_table(raw, "gbt", LINE), (markers.encode(),))
    yield Parser("table of markers on a grid", lambda raw: marker_table.read_table(raw, "gbt", LINE, 4528),
                 (markers.replace("经度,纬度", "横坐标,纵坐标").encode("gb18030"),))  # fmt: skip
    doors = "门牌号,侧,状态,距起点米\n1号,南,,0\n12附1号,北,预留,\n12号附2,北,注销,7.5\n"
    yield Parser("table of house numbers", numbering_table.read_numbers, (doors.encode("gb18030"), doors.encode()))
    signs = "标志编号,标准地名,标志类型,状态,经度,纬度,设置日期\nS-1,长兴路,道路,完好,110.05,30.05,2020-01-01\n"
    yield Parser("table of signs", sign_table.read_table, (signs.encode(), signs.encode("gb18030")))
    gone = (
        "编号,消失地名,类别,消失原因,消失时间,今名,资料来源,经度,纬度,最后位置\n"
        "XS-1,旧渡村,,水库淹没,1994~,砚池水库,县志（虚构）,110.06,30.06,\n"
        'XS-2,砚坊巷,街路巷,拆除、拆迁,2003-05,,县志（虚构）,,,"LINESTRING (110.05 30.05, 110.06 30.05)"\n'
    )
    yield Parser("table of vanished names", vanished.read_table, (gone.encode(), gone.encode("gb18030")))
    abroad = (
        "编号,原文地名,语种,国家或地区,类别,汉字译名,译写规则,译名状态,资料来源,启用日期\n"
        "1,Sao Tome,葡萄牙语,圣多美和普林西比,居民点,圣多美,GB/T 17693.7,惯用译名,为测试所录,2009-01-01\n"
    )
    yield Parser("table of foreign names", foreign.read_table, (abroad.encode(), abroad.encode("gb18030")))
    points = "点号,类型,经度,纬度,中误差\n1,,99,40,0.1\n2,,99.01,40.01,0.2\n"
    yield Parser("points of a survey", text(read_points), (points.encode(),))
    yield Parser("divisions of a campaign", text(read_parts), ("区划代码,命名,设标,上图\n990121,1,2,3\n".encode(),))
    listed = "地名,类别,区划代码\n长兴路,街路巷,990121\n"
    yield Parser("list of names", file(read_list, ".csv"), (listed.encode(), listed.encode("gb18030")))
    addresses = "编号,地址\n1,示例省云溪市甲县长兴路12号\n"
    yield Parser("table of addresses", file(lambda path: read_addresses(path, None), ".csv"), (addresses.encode(),))
    yield Parser("import, text", file(_imported, ".csv"), (
        "name,latin,class,longitude,latitude\n长兴路,Changxing Lu,STREET,110.05,30.05\n".encode(),
        b"1\tParis\tParis\tPari\t48.85\t2.35\tP\tPPLC\tFR\t\t11\t75\t\t\t2138551\t\t42\tEurope/Paris\t2024-01-01\n",
    ))  # fmt: skip


def _documents() -> Iterator[Parser]:
    decision = (
        "## 关于撤销甲县设立甲市的批复（虚构）\n# 文号：示例〔2025〕1号\n# 日期：2025年2月1日\n# 生效：2025年3月1日\n"
        "# 来源：为测试虚构\n-990121 甲县>甲市\n+990181 甲市<甲县\n"
    )
    yield Parser("decision in notation", read_decision, (decision.encode(),))
    act = (
        "title = '甲县改名（虚构）'\nsource = '虚构'\ndated = 2026-01-01\n"
        "[[part]]\nkind = 'rename'\nbefore = ['990121 甲县']\nafter = ['990121 丁县']\n"
    )
    yield Parser("division change", read_act, (act.encode(),))
    edits = {"message": "m", "document": "approval", "edits": [
        {"op": "move_node", "segment": str(LINE), "to": [110.0, 30.0]},
        {"op": "split", "segment": str(LINE), "at": [[110.0, 30.0]], "as": "s1"},
    ]}  # fmt: skip
    yield Parser("edits of lines", read_edits, (json.dumps(edits).encode(),))
    mapping = "key = 'own'\nauthority = 'a'\n[columns]\nname = ['地名']\n[values.class]\n'街' = 'STREET'\n"
    yield Parser("mapping of columns", text(read_mapping), (mapping.encode(),))
    linked = {"type": "FeatureCollection", "features": [{
        "@id": "x:1", "type": "Feature", "properties": {"title": "长兴", "ccodes": ["CN"]},
        "geometry": {"type": "Point", "coordinates": [110, 30]}, "names": [{"toponym": "长兴", "lang": "zh"}],
        "when": {"timespans": [{"start": {"in": "1990"}}]}, "links": [{"type": "closeMatch", "identifier": "gn:1"}],
    }]}  # fmt: skip
    yield Parser("import, Linked Places", file(_imported, ".json"), (json.dumps(linked).encode(),))
    book = archive(**{"datapackage.json": json.dumps({"resources": []}), "names.csv": "name\n长兴\n"})
    yield Parser("import, archive", file(_imported, ".zip"), (book,))
    signed = archive(**{"manifest.json": json.dumps({"format": "diming-package/1"}), "signature.json": "{}"})
    yield Parser("signed package", lambda raw: read_package(io.BytesIO(raw), "p.zip"), (signed,))
    yield Parser("page of a peer", _signed_page, (json.dumps(PAGE).encode(),))
    facts = {"category": "old_place", "documents": [], "criteria": {"age": {"answer": "yes", "ground": "x"}}}
    yield Parser("heritage dossier", value(lambda told: read_dossier(told if isinstance(told, dict) else {})),
                 (json.dumps(facts).encode(),))  # fmt: skip
    head = note.written_key("diming-audit", PUBLIC).encode()
    yield Parser("signed head", text(lambda said: note.read(said, head.decode())),
                 ("diming-audit\n3\nAAAA\n\n— diming-audit AAAAAAAA\n".encode(), head))  # fmt: skip
    yield Parser("key of a head", text(lambda said: note.read("a\n1\nAA==\n\n— a AAAA\n", said)), (head,))
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    png = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de")
    yield Parser("paper, PDF", _paper("a.pdf"), (pdf,))
    yield Parser("paper, picture", _paper("a.png"), (png,))
    office = archive(**{"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
    yield Parser("paper, Word", _paper("a.docx"), (office,))
    yield Parser("paper, text", _paper("a.csv"), ("a,b\n襄阳,1\n".encode("gb18030"),))
    yield Parser("preview of a text", lambda raw: excerpt(io.BytesIO(raw)), ("襄阳\n".encode("gb18030"), b"a\n"))


def _words() -> Iterator[Parser]:
    names = tuple(one.encode() for one in ("长兴县人民路", "六安市", "呼和浩特市新城区", "老虎嘴", "Urumqi 乌鲁木齐"))
    yield Parser("name into its parts", text(lambda said: parse_name(said, None, None)), names)
    yield Parser("name into Pinyin", text(lambda said: by_rule(said[:500], shape_of(None), None, national())), names)
    yield Parser("address into pieces", text(pieces), ("长兴路12号院3号楼2单元401室".encode(), "3组18号附1".encode()))
    yield Parser("search text", text(lambda said: ways(check_text(said))), (*names, b"chang xing", b"zf"))
    yield Parser("name of a file", text(check_name), ("报告.docx".encode(), b"a/b.pdf"))
    yield Parser("links of a name", text(links_of), (b"gn:1;closeMatch=wd:Q1", b"https://example.org/1"))
    for name, read, samples in (
        ("date, EDTF", parse_when, (b"1985-04~/1987?", b"0618/0907", b"156X", b"-0551")),
        ("date, ISO", parse_iso, (b"1986-05-21", b"1986")),
        ("date, written", parse_written, ("一九八六年五月二十一日".encode(), "1986年5月21日".encode())),
    ):
        yield Parser(name, text(read), samples, (ValueError,))


def _questions() -> Iterator[Parser]:
    custom = (DimingError, PydanticCustomError)
    for name, read, samples in (
        ("day asked for", params.parse_date, (b"2024-06-01",)),
        ("moment asked for", params.parse_moment, (b"2024-06-01T08:00:00+08:00", b"2024-06-01T00:00:00Z")),
        ("code asked for", params.parse_code, (b"420600", b"420600001001")),
        ("text asked for", params.parse_text, ("襄阳".encode(),)),
        ("id asked for", params.parse_id, (str(LINE).encode(),)),
        ("reference system asked for", params.parse_crs, (b"EPSG:4528",)),
        ("box or place asked for", _positive, (b"119,30,120,31", b"119.9,31.0")),
        ("code of a place", parse_place_code, (b"99012100023514000001", b"42060000023514000012")),
    ):
        yield Parser(name, text(read), samples, custom)
    areas = (b"POLYGON((119 30,120 30,120 31,119 30))", b"MULTIPOLYGON(((119 30,120 30,120 31,119 31,119 30)))")
    yield Parser("polygon asked for", text(polygon), areas)
    cql2 = (
        "name LIKE '长%' AND (level = 'county' OR NOT code IN ('1','2'))",
        "S_INTERSECTS(geometry, POLYGON((119 30,120 30,120 31,119 30)))",
        json.dumps({"op": "=", "args": [{"property": "name"}, "长兴"]}),
    )
    yield Parser("CQL2", text(lambda said: filters.condition(PLACES, said)), tuple(one.encode() for one in cql2))
    cursor = encode_cursor(QUERY, ("420600", str(LINE))).encode()
    yield Parser("cursor", text(lambda said: decode_cursor(QUERY, said, (str, UUID))), (cursor,))
    asked = {"query": "长兴", "type": "STREET", "limit": 3, "properties": [{"pid": "as_of", "v": "2024-01-01"}]}
    queries = {"q1": asked}
    yield Parser("batch to reconcile", value(read_batch), (json.dumps(queries).encode(),))
    extension = {"ids": [str(LINE)], "properties": [{"id": "code", "settings": {}}]}
    yield Parser("extension of data", value(read_extension), (json.dumps(extension).encode(),))
    systems = (
        b"EPSG:4528",
        b'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]]]',
        b"urn:ogc:def:crs:EPSG::4490",
    )
    yield Parser("declaration of a reference system", text(understand), systems, slow=True)
    yield Parser("checksum of a piece", text(parse_checksum), (b"sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",))


#: What is put into texts: limits of numbers, nesting, quotes of everything, direction marks, halves of characters.
EXTREMES = (
    b"", b"0", b"-1", b"99999999999999999999", b"1e400", b"NaN", b"-Infinity", b"null", b"true", b"[]", b"{}", b'""',
    b"[" * 3000, b"(" * 3000, b'{"a":' * 3000, b"\x00", b"\r", b"\r\n", b"\n\n", b'"', b"'", b"\\", b",", b";", b"\t",
    b"=", b"%", b"%00", b"../", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", "\u202e".encode(),
    "\ufeff".encode(),
    "\u0301".encode(), "〇".encode(), "²".encode(), "９".encode(), "٣".encode(), "𠀀".encode(), "\u2028".encode(),
    b"A" * 140_000, b"-" * 400, b"1" * 5000, b"0000-00-00", b"9999-12-31", b"${7*7}", b"{{7*7}}", b"';--", b"<x>",
)  # fmt: skip
TOKENS = re.compile(rb"[0-9]+|[A-Za-z_]+|[^\x00-\x7f]+|.", re.DOTALL)


def damaged(samples: tuple[bytes, ...], chance: random.Random) -> bytes:
    """A sample with one to four damages."""
    found = bytearray(chance.choice(samples))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        found = bytearray(_damage(bytes(found), samples, chance))
    return bytes(found)


def _damage(raw: bytes, samples: tuple[bytes, ...], chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    to = min(len(raw), at + chance.choice((1, 1, 2, 4, 16, 64)))
    match chance.randrange(7):
        case 0:
            return raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]
        case 1:
            return raw[:at] + raw[to:]
        case 2:
            return raw[:at] + raw[at:to] * chance.choice((2, 3, 50)) + raw[to:]
        case 3:
            return raw[:at] + chance.choice(EXTREMES) + raw[at:]
        case 4:
            return _exchanged(raw, chance.choice(EXTREMES), chance)
        case 5:
            return _exchanged(raw, chance.choice(TOKENS.findall(chance.choice(samples)) or [b""]), chance)
        case _:
            return raw[:at]


def _exchanged(raw: bytes, by: bytes, chance: random.Random) -> bytes:
    """One word of the text replaced."""
    words = list(TOKENS.finditer(raw))
    if not words:
        return by
    word = chance.choice(words)
    return raw[: word.start()] + by + raw[word.end() :]


def fuzz(parser: Parser, rounds: int, seed: int) -> list[Failed]:
    """Give a parser so many damaged texts; one failure of each kind."""
    chance, found = random.Random(f"{seed} {parser.name}"), dict[str, Failed]()
    for number in range(rounds):
        raw = parser.samples[number] if number < len(parser.samples) else damaged(parser.samples, chance)
        began = time.process_time()
        try:
            parser.read(raw)
        except parser.refuses:
            pass
        except (Exception, RecursionError) as error:
            why = f"{type(error).__name__}: {str(error)[:200]}"
            found.setdefault(type(error).__name__, Failed(parser.name, why, raw))
        if (spent := time.process_time() - began) > SECONDS:
            found.setdefault("slow", Failed(parser.name, f"{spent:.1f} s of processor time", raw))
    return list(found.values())


def rounds_of(parser: Parser, rounds: int) -> int:
    """How many texts a parser is given where others are given `rounds`."""
    return max(1, rounds // 20) if parser.slow else rounds


def shown(raw: bytes) -> str:
    """The text, so that it can be read in a terminal."""
    return quote(raw[:300], safe=" ,;:=[]{}()\"'")


def main() -> int:
    """Fuzz all of them; status 1 where one neither read nor refused a text."""
    asked = argparse.ArgumentParser()
    asked.add_argument("rounds", type=int, nargs="?", default=5000)
    asked.add_argument("seed", type=int, nargs="?", default=1)
    asked.add_argument("--only", default="")
    given = asked.parse_args()
    failed = 0
    for parser in parsers():
        if given.only in parser.name:
            began, found = time.perf_counter(), fuzz(parser, rounds_of(parser, given.rounds), given.seed)
            took = time.perf_counter() - began
            print(f"{parser.name}: {rounds_of(parser, given.rounds):,} texts in {took:.1f} s, {len(found)} failures")
            for one in found:
                print(f"  {one.why}\n  {shown(one.text)}")
            failed += len(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
