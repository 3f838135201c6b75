"""What a sheet shows and how it is asked for. Pure values.

Geometry is longitude and latitude (CGCS2000) until a sheet's plane takes it; on
the sheet everything is in millimetres of paper, from the upper left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from shapely.geometry import LineString, Polygon

from boundaries.sheets.settings import check_paper, check_scale
from data.errors import BadRequest

#: The sheet to an agreement (协议书附图), two versions (变动对比图), the claims of both sides (边界主张线图), the map
#: that goes into the field (勘界工作图), the detailed map of a line that is law (详图集) with its cover.
Kind = Literal["agreement", "diff", "claims", "working", "atlas"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Side = Literal["left", "right"]


def check_kind(kind: str) -> str:
    """The kind; `BadRequest` `bad_sheet_kind`."""
    if kind not in KINDS:
        raise BadRequest(f"{kind[:20]!r} is no kind of sheet; known: {', '.join(KINDS)}.", code="bad_sheet_kind")
    return kind


@dataclass(frozen=True, slots=True)
class Order:
    """How sheets are to be made: their kind, the denominator of the scale, the paper."""

    kind: Kind
    scale: int
    paper: str = "A3"

    def check(self) -> None:
        """Raise `BadRequest` `bad_sheet_kind`, `bad_sheet_scale`, `bad_paper`."""
        check_kind(self.kind)
        check_scale(self.scale)
        check_paper(self.paper)


@dataclass(frozen=True, slots=True)
class Claim:
    """The line as one side has it, and whose survey of which day says so."""

    side: Side
    courses: tuple[LineString, ...]
    source: str


@dataclass(frozen=True, slots=True)
class MarkerMark:
    """A marker (界桩) on the sheet: its code, how many stones bear it (1 to 3), where."""

    code: str
    stones: int
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Former:
    """The line at another time: its years in words, its courses."""

    years: str
    courses: tuple[LineString, ...]


@dataclass(frozen=True, slots=True)
class Land:
    """A piece of land between two versions, with its number and its area in m²."""

    number: int
    area_m2: float
    shape: Polygon


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that the sheets of one line draw and say.

    `courses` is the legal line on `day` in run order; `beside` the names of the units left and right of it;
    `notes` lines of text under the map; `law` the approval number or the footer of a map that has none;
    `watermark` is written across every sheet that is no document. `said` is what the legend calls `courses` where
    they are not simply the legal line on `day`.
    """

    name: str
    level: str
    day: date
    courses: tuple[LineString, ...]
    beside: tuple[str, str]
    law: str
    notes: tuple[str, ...] = ()
    markers: tuple[MarkerMark, ...] = ()
    neighbours: tuple[LineString, ...] = ()
    former: tuple[Former, ...] = ()
    land: tuple[Land, ...] = ()
    claims: tuple[Claim, ...] = ()
    watermark: str | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The land that one sheet shows: metres in the plane of the line's zone, and the run of the line on it."""

    number: int
    west: float
    south: float
    east: float
    north: float
    begin_m: float
    end_m: float


@dataclass(frozen=True, slots=True)
class Atlas:
    """The sheets of a line in order (分幅): each an SVG drawing of the paper's size in millimetres, and its window.

    `cover` comes before them where the kind has one; it is no sheet of the line and has no number.
    """

    title: str
    paper_mm: tuple[float, float]
    windows: Sequence[Window]
    drawings: Sequence[str]
    epsg: int
    central_meridian: float
    cover: str | None = None


def check_claims(order: Order, content: Content) -> None:
    """Claims belong on the sheet of claims, all of them and nowhere else.

    Raises `BadRequest` `claims_on_agreement_sheet`, `claims_missing`.
    """
    if order.kind != "claims" and content.claims:
        raise BadRequest(
            "Claim lines (边界主张线) are drawn on the sheet of claims (边界主张线图) and on no other: a sheet to an "
            "agreement shows the agreed line alone. Ask for the kind claims.",
            code="claims_on_agreement_sheet",
        )
    if order.kind == "claims" and not content.claims:
        raise BadRequest(
            "A sheet of claims (边界主张线图) needs the line of at least one side: name its file or its submission.",
            code="claims_missing",
        )
