"""Sheets of a line: divided without a hole, drawn in millimetres, claims on the sheet of claims alone."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from boundaries.sheets.division import Format, divide
from boundaries.sheets.drawing import draw_atlas, draw_sketch
from boundaries.sheets.model import KINDS, Claim, Content, Former, Kind, Land, MarkerMark, Order
from boundaries.sheets.plane import plane_of
from boundaries.sheets.printing import to_pdf
from boundaries.sheets.settings import settings, usual_scale
from data.documents.fonts import installed
from data.errors import BadInput, BadRequest

FAMILIES = ("Noto Sans CJK SC",)
RED, BLUE = (settings()["colour"][side] for side in ("left", "right"))
SIZE = Format(4000.0, 3000.0, 200.0, 100.0)


def winding(length: int = 300) -> LineString:
    return LineString([(99.5 + 0.02 * math.sin(i / 9), 40.0 + 0.001 * i) for i in range(length)])


def content(**more: object) -> Content:
    fields: dict[str, object] = {
        "name": "甲乙线", "level": "county", "day": date(2026, 3, 1), "courses": (winding(),),
        "beside": ("甲县", "乙县"), "law": "审图号：示例〔2026〕1号",
    }  # fmt: skip
    return Content(**{**fields, **more})  # type: ignore[arg-type]


def claims() -> tuple[Claim, ...]:
    moved = LineString([(x + 0.001, y) for x, y in winding().coords])
    return (Claim("left", (winding(),), "甲县 2026-05-01"), Claim("right", (moved,), "乙县 2026-05-02"))


@given(st.integers(2, 60), st.floats(50, 5000), st.integers(0, 10_000))
def test_windows_follow_the_line_from_end_to_end(count: int, step: float, seed: int) -> None:
    course = np.random.default_rng(seed).normal(scale=step, size=(count, 2)).cumsum(axis=0)
    windows = divide([course], SIZE) if step * count < 40_000 else []
    for before, after in pairwise(windows):
        assert after.begin_m == before.end_m
    if windows:
        length = float(np.hypot(*np.diff(course, axis=0).T).sum())
        assert [windows[0].begin_m, windows[-1].end_m] == pytest.approx([0.0, length])


@given(st.integers(0, 10_000))
def test_each_window_holds_its_stretch_with_room_on_all_sides(seed: int) -> None:
    course = np.random.default_rng(seed).normal(scale=300, size=(40, 2)).cumsum(axis=0)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T))])
    for window in divide([course], SIZE):
        stations = np.linspace(window.begin_m, window.end_m, 50)
        x, y = (np.interp(stations, along, course[:, i]) for i in (0, 1))
        assert window.west + SIZE.room_m <= x.min()
        assert x.max() <= window.east - SIZE.room_m
        assert window.south + SIZE.room_m <= y.min()
        assert y.max() <= window.north - SIZE.room_m
        assert [window.west % SIZE.step_m, window.south % SIZE.step_m] == pytest.approx([0, 0])


def test_a_line_that_needs_too_many_sheets_is_refused() -> None:
    course = np.array([[0.0, 0.0], [2_000_000.0, 0.0]])
    with pytest.raises(BadRequest) as refused:
        divide([course], SIZE)
    assert refused.value.code == "too_many_sheets"


def test_the_plane_is_the_zone_of_the_middle_with_its_number_before_the_easting() -> None:
    plane = plane_of([LineString([(120.1, 30.2), (120.2, 30.3)])])
    easting, northing = plane.moved(np.array([[120.12829, 30.26954]]))[0]
    # the domain brief's checked position: (40512345, 3350000) in EPSG:4528
    assert (plane.grid.epsg, plane.grid.zone) == (4528, 40)
    assert (easting, northing) == (pytest.approx(40_512_345, abs=1), pytest.approx(3_350_000, abs=1))


def test_millimetres_of_paper_are_metres_of_ground_at_the_scale() -> None:
    atlas = draw_atlas(Order("agreement", 10_000, "A3"), content(), FAMILIES)
    first = atlas.windows[0]
    assert atlas.paper_mm == (420.0, 297.0)
    assert (first.east - first.west) * 1000 / 10_000 == pytest.approx(420 - 2 * settings()["frame"]["side_mm"])
    # kilometres of the grid stand on the sheet
    assert f">{math.ceil(first.west / 1000)}<" in atlas.drawings[0]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "claims"])
def test_claims_are_refused_on_every_other_sheet(kind: Kind) -> None:
    with pytest.raises(BadRequest) as refused:
        draw_atlas(Order(kind, 50_000), content(claims=claims()), FAMILIES)
    assert refused.value.code == "claims_on_agreement_sheet"


def test_red_and_blue_are_on_the_sheet_of_claims_alone() -> None:
    rich = content(
        markers=(MarkerMark("0001Q", 1, 99.5, 40.05),), neighbours=(LineString([(99.4, 40), (99.6, 40)]),),
        former=(Former("2020-01-01", (winding(),)),),
        land=(Land(1, 1234.5, Polygon([(99.5, 40.0), (99.51, 40.0), (99.51, 40.01)])),),
    )  # fmt: skip
    for kind in ("agreement", "diff"):
        said = "".join(draw_atlas(Order(kind, 50_000), rich, FAMILIES).drawings)
        assert RED not in said
        assert BLUE not in said
    said = "".join(draw_atlas(Order("claims", 50_000), content(claims=claims()), FAMILIES).drawings)
    assert f'stroke="{RED}" stroke-width="0.3"' in said
    assert f'stroke="{BLUE}" stroke-width="0.3"' in said
    assert "甲县 2026-05-01" in said
    assert "边界主张线图" in said


def test_a_sheet_of_claims_needs_a_claim() -> None:
    with pytest.raises(BadRequest) as refused:
        draw_atlas(Order("claims", 50_000), content(), FAMILIES)
    assert refused.value.code == "claims_missing"


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (Order("agreement", 12_345), "bad_sheet_scale"),
        (Order("agreement", 10_000, "B5"), "bad_paper"),
        (Order("wall", 10_000), "bad_sheet_kind"),  # type: ignore[arg-type]
    ],
)
def test_what_no_sheet_is_made_as_is_refused(order: Order, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        draw_atlas(order, content(), FAMILIES)
    assert refused.value.code == code


def test_neighbouring_sheets_name_each_other_and_stand_in_the_index() -> None:
    atlas = draw_atlas(Order("agreement", 25_000), content(), FAMILIES)
    assert len(atlas.drawings) > 2
    assert "接第 2 幅" in atlas.drawings[0]
    assert "接第 1 幅" in atlas.drawings[1]
    assert "接第 3 幅" in atlas.drawings[1]
    assert all("接图表" in drawing for drawing in atlas.drawings)


def test_the_watermark_is_on_every_sheet_of_invented_data_and_on_no_other() -> None:
    marked = draw_atlas(Order("agreement", 25_000), content(watermark="演示数据·非公文"), FAMILIES)
    assert all("演示数据·非公文" in drawing for drawing in marked.drawings)
    assert not any("演示数据" in d for d in draw_atlas(Order("agreement", 25_000), content(), FAMILIES).drawings)


def test_names_with_markup_are_text() -> None:
    drawn = draw_sketch(content(name="<b>&甲乙线"), FAMILIES, "A4")
    assert "&lt;b&gt;&amp;甲乙线" in drawn
    assert "<b>" not in drawn


def test_a_sketch_shows_the_whole_line_at_a_round_scale() -> None:
    drawn = draw_sketch(content(), FAMILIES, "A3")
    assert "共 1 幅" in drawn
    scale = re.search(r">1:([\d ]+)<", drawn)
    assert scale is not None
    assert int(scale[1].replace(" ", "")) == 200_000


def test_the_pdf_has_a_page_for_each_sheet_with_its_text_and_no_picture() -> None:
    fonts = installed()
    atlas = draw_atlas(Order("agreement", 50_000), content(), fonts.faces["hei"].families)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    pdf = to_pdf(atlas, fonts, at)
    assert pdf == to_pdf(atlas, fonts, at)
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == len(atlas.drawings)
        page = document[0]
        assert [round(points / 72 * 25.4) for points in page.get_size()] == [420, 297]
        assert "甲乙线 行政区域界线协议书附图" in page.get_textpage().get_text_bounded()
        kinds = {item.type for item in page.get_objects()}
    assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE not in kinds


def test_a_character_that_no_font_has_is_named() -> None:
    fonts = installed()
    atlas = draw_atlas(Order("agreement", 250_000), content(name="\U0010fffd线"), fonts.faces["hei"].families)
    with pytest.raises(BadInput) as refused:
        to_pdf(atlas, fonts, datetime(2026, 3, 1, tzinfo=UTC))
    assert refused.value.code == "characters_without_glyph"


def test_levels_have_a_usual_scale_and_a_pen() -> None:
    for level in ("province", "prefecture", "county", "township"):
        assert usual_scale(level) in settings()["scales"]["known"]
        assert level in settings()["boundary"]
