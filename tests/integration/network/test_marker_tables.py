"""Tables of markers over HTTP and on the page: looked at first, corrected in place, written by a document or not."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from tests.integration.network.test_lines import line_of
from tests.integration.network.test_marker_api import token
from tests.integration.network.test_marker_import import GOOD, HEAD
from tests.samples.keepers import Keepers, open_offices
from tests.serving import serving

SCHEME = {"scheme": "provincial", "effective_on": "2026-03-01"}
DOCUMENT = {
    "kind": "approval",
    "doc_no": "演示〔2026〕2号",
    "title": "界桩设立批复",
    "authority": "示例省人民政府（虚构）",
    "source": "原件",
}
BAD = GOOD + "9901003X,2,石质,99.5003,40.0,0.05,\n"


@pytest.fixture
def keepers(office: Engine) -> Keepers:
    return open_offices(office, ())


@pytest.fixture
def served(keepers: Keepers, counties_url: str) -> Iterator[httpx.Client]:
    app = create_app(Settings(database_url=counties_url))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def form(keepers: Keepers) -> dict[str, str]:
    return {**SCHEME, "line": str(line_of(keepers.engine, "990121", "990122"))}


def test_a_table_is_looked_at_and_then_written_by_its_document(
    keepers: Keepers, served: httpx.Client, form: dict[str, str]
) -> None:
    headers = token(keepers, "云溪市界线员")

    def sent(table: str, **more: str) -> httpx.Response:
        files = {"file": ("界桩.csv", table.encode("gb18030"), "text/csv")}
        return served.post("/v1/marker-tables", data={**form, **more}, files=files, headers=headers)

    looked = sent(BAD)
    assert (looked.status_code, looked.json()["counts"]) == (200, {"new": 2, "faulty": 1})
    refused = sent(BAD, do="import", **DOCUMENT)
    assert (refused.status_code, refused.json()["code"]) == (422, "marker_rows_faulty")
    assert [(row["line"], row["code"]) for row in refused.json()["rows"]] == [(4, "9901003X")]
    assert sent(GOOD, do="import").json()["code"] == "change_without_document"
    assert served.get("/v1/markers").json()["items"] == [], "nothing was written"
    done = sent(GOOD, do="import", **DOCUMENT)
    assert (done.status_code, done.json()["written"]) == (200, 2)
    assert [m["code"] for m in served.get("/v1/markers").json()["items"]] == ["9901001Q", "9901002Q"]


REFUSED: list[tuple[dict[str, str], int, str]] = [
    ({"do": "perhaps"}, 400, "bad_parameter"),
    ({"effective_on": "morgen"}, 400, "bad_date"),
    ({"scheme": "own"}, 422, "marker_scheme_unknown"),
    ({"crs": "4528"}, 400, "bad_crs"),
    ({"event": "stolen"}, 400, "bad_parameter"),
    ({"line": "x"}, 400, "bad_id"),
    ({"do": "import", **DOCUMENT, "kind": "rumour"}, 400, "bad_parameter"),
    ({"table": ""}, 422, "bad_upload"),
    ({"table": "a,b\n1,2\n"}, 422, "marker_table"),
]


def test_what_cannot_be_understood_is_refused(keepers: Keepers, served: httpx.Client, form: dict[str, str]) -> None:
    headers, told = token(keepers, "云溪市界线员"), []
    for more, _, _ in REFUSED:
        answer = served.post("/v1/marker-tables", data={**form, "table": GOOD, **more}, headers=headers)
        told.append((more, answer.status_code, answer.json()["code"]))
    assert told == REFUSED


def test_a_table_is_taken_in_by_whoever_stands_above_both_sides(
    keepers: Keepers, served: httpx.Client, form: dict[str, str]
) -> None:
    sent = {**form, "table": GOOD}
    assert served.post("/v1/marker-tables", data=sent).status_code == 401
    one_side = served.post("/v1/marker-tables", data=sent, headers=token(keepers, "甲县界线员"))
    assert (one_side.status_code, one_side.json()["code"]) == (403, "not_permitted")


def test_the_page_keeps_the_table_until_its_rows_are_right(
    keepers: Keepers, served: httpx.Client, form: dict[str, str]
) -> None:
    headers = {**token(keepers, "云溪市界线员"), "Accept": "text/html"}
    address = f"/lines/{form['line']}/marker-import"
    empty = served.get(address, headers=headers).text
    assert "逐行预览" in empty
    assert "所依据的文件" not in empty, "the document is named after the preview"
    looked = served.post(address, data={**form, "do": "preview"}, files={"file": ("a.csv", BAD)}, headers=headers)
    assert looked.status_code == 200
    assert "有误 1" in looked.text
    assert "9901003X,2,石质" in looked.text, "the row stands in the form, to be corrected"
    assert "“9901003X”不合“省级界线界桩”的编号规则" in looked.text
    english = served.post(f"{address}?lang=en", data={**form, "do": "preview", "table": BAD}, headers=headers)
    assert "is no number of markers of provincial lines" in english.text
    blocked = served.post(address, data={**form, "do": "import", "table": BAD, **DOCUMENT}, headers=headers)
    assert (blocked.status_code, "演示〔2026〕2号" in blocked.text) == (422, True)
    bare = served.post(address, data={**form, "do": "import", "table": GOOD}, headers=headers)
    assert (bare.status_code, "9901001Q" in bare.text) == (422, True)
    done = served.post(address, data={**form, "do": "import", "table": GOOD, **DOCUMENT}, headers=headers)
    assert done.status_code == 303
    listed = served.get(done.headers["location"], headers=headers).text
    assert "界桩已按文件登记" in listed
    assert "9901002Q" in listed


def test_a_table_that_is_none_is_told_on_the_page(keepers: Keepers, served: httpx.Client, form: dict[str, str]) -> None:
    headers = {**token(keepers, "云溪市界线员"), "Accept": "text/html"}
    address = f"/lines/{form['line']}/marker-import"
    for table in ("", HEAD, "\ufffd"):
        told = served.post(address, data={**form, "table": table}, headers=headers)
        assert (told.status_code, 'role="alert"' in told.text) == (422, True)
