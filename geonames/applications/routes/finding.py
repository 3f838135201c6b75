"""Which route an application takes: the row of the smallest region that speaks of it, as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from data.workflow.model import Label
from geonames.applications.routes.model import (
    Announcing,
    Body,
    Circumstance,
    Filing,
    Hearing,
    Kind,
    Need,
    Paper,
    Route,
    Seat,
)
from geonames.applications.routes.rows import RouteBook


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit in which the place lies: its code, level and type (市辖区, 县 …)."""

    code: str
    name: str
    level: str
    type: str


@dataclass(frozen=True, slots=True)
class Matter:
    """What decides the route. `units`: from the province down to the smallest in which the place lies whole."""

    kind: Kind
    art3_class: str
    type_code: str | None
    units: Sequence[Standing]
    circumstances: frozenset[Circumstance] = frozenset()
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Authority:
    """A body at a seat: `unit` None is the country, or a seat that none of the units is."""

    body: Body
    unit: Standing | None

    @property
    def is_known(self) -> bool:
        """Whether the rows name the authority; otherwise a person enters it with its article."""
        return self.body is not Body.PROVINCE_RULES


@dataclass(frozen=True, slots=True)
class Found:
    """The route of an application, who approves by it, and what follows."""

    route: Route
    approver: Authority
    papers: tuple[Paper, ...]
    filing: Filing | None
    announcing: Announcing | None


@dataclass(frozen=True, slots=True)
class NoRoute:
    """No row speaks of it: `why` for people."""

    code: str
    why: Label


#: Types of units of county level that Art. 12(5) and (6) do not name (市、县): urban districts.
NO_CITY_OR_COUNTY = frozenset({"市辖区", "市区"})
#: Agencies of a province (地区, 盟) have no government of their own (宪法 Art. 30 does not know them).
NO_CITY = frozenset({"地区", "盟", "行政区"})


def route_of(book: RouteBook, matter: Matter, day: date) -> Found | NoRoute:
    """The route on a day. `NoRoute` codes: `no_route_for_kind`, `no_route_then`, `no_seat`."""
    rows = [r for r in book.routes if _speaks_of(r, matter)]
    standing = [r for r in rows if r.holds_on(day)]
    if not standing:
        return _none(book, matter, bool(rows))
    route = max(standing, key=lambda r: _precedence(r, matter))
    seat = seat_of(route.seat, matter.units)
    if seat is None and route.seat is not Seat.COUNTRY and route.body is not Body.PROVINCE_RULES:
        said = book.word("seat", route.seat)
        return NoRoute("no_seat", Label(f"所在政区中没有{said.zh}一级。", f"None of the units is {said.en}."))
    return Found(
        route=_as_heard(book, route, matter.kind),
        approver=Authority(route.body, seat),
        papers=papers_of(book, matter),
        filing=filing_of(book, route.body, day),
        announcing=announcing_of(book, route.body, day),
    )


def _as_heard(book: RouteBook, route: Route, kind: Kind) -> Route:
    """The row for one kind: of some nothing is heard and nobody consulted before the decision."""
    rule = book.kinds.get(kind)
    if rule is None or rule.heard:
        return route
    return replace(route, hearings=dict.fromkeys(Hearing, Need.NONE), consulted=())


def _speaks_of(route: Route, matter: Matter) -> bool:
    if matter.art3_class not in route.classes or matter.kind not in route.kinds:
        return False
    if route.type_codes and not (matter.type_code or "").startswith(route.type_codes):
        return False
    if route.circumstances and not route.circumstances & matter.circumstances:
        return False
    return route.region in ("", *(unit.code for unit in matter.units))


def _precedence(route: Route, matter: Matter) -> tuple[bool, int, int]:
    """What the State Council keeps for itself comes first; then the smallest region, then the closest condition."""
    kept = route.body in (Body.STATE_COUNCIL, Body.STATE_COUNCIL_DEPARTMENT)
    codes = ["", *(unit.code for unit in matter.units)]
    return kept, codes.index(route.region), len(route.circumstances) + len(route.type_codes)


def seat_of(seat: Seat, units: Sequence[Standing]) -> Standing | None:
    """Whose authority it is; None for the country and where no unit is of that sort."""
    wanted = [unit for unit in units if _sits(seat, unit)]
    return wanted[-1] if wanted else None


def _sits(seat: Seat, unit: Standing) -> bool:
    if seat is Seat.PROVINCE:
        return unit.level == "province"
    if seat is Seat.COUNTY:
        return unit.level == "county"
    is_city = unit.type == "直辖市" or (unit.level == "prefecture" and unit.type not in NO_CITY)
    if seat is Seat.CITY:
        return is_city
    is_county = unit.level == "county" and unit.type not in NO_CITY_OR_COUNTY
    return seat is Seat.CITY_OR_COUNTY and (is_city or is_county)


def papers_of(book: RouteBook, matter: Matter) -> tuple[Paper, ...]:
    """The documents that the application carries."""
    given = {"protected"} if matter.protected else set()
    return tuple(
        rule.paper for rule in book.papers if matter.kind in rule.kinds and (rule.when is None or rule.when in given)
    )


def filing_of(book: RouteBook, body: Body, day: date) -> Filing | None:
    """To whom an approval by `body` is filed on a day; None: to nobody, or not known then."""
    return next((f for f in book.filings if body in f.of and _holds(f, day)), None)


def announcing_of(book: RouteBook, body: Body, day: date) -> Announcing | None:
    """Who announces an approval by `body`."""
    return next((a for a in book.announcings if body in a.of and _holds(a, day)), None)


def _holds(row: Filing | Announcing, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


def _none(book: RouteBook, matter: Matter, at_another_time: bool) -> NoRoute:
    kind, of_class = book.word("kind", matter.kind), matter.art3_class
    if at_another_time:
        return NoRoute(
            "no_route_then",
            Label(f"当日没有{kind.zh}此类地名的规定。", f"No rule for the {kind.en} of {of_class} held on that day."),
        )
    return NoRoute(
        "no_route_for_kind",
        Label(
            f"国家和所在地的规定中都没有此类地名的{kind.zh}。",
            f"Neither the country nor these divisions have a rule for the {kind.en} of {of_class}.",
        ),
    )
