"""The gazetteer follows a decision that is entered after the load: search at once, positions by lineage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, Engine

from api.loads import decision, refresh
from boundaries.shapes.service import map_layer
from data.db import Audience, make_engine, reading
from data.server.cluster import Cluster
from geonames.search.nearby import reverse
from geonames.search.service import search_places
from tests import database
from tests.registers import demonstration_template

#: Invented: no such decision exists. 长兴县 goes into 吴兴区.
MERGER = """## 国务院关于同意浙江省撤销长兴县的批复（测试用，虚构）
# 文号：测函〔2025〕1号
# 日期：2025年3月1日
# 生效：2025年3月10日
#
# 撤销长兴县，以原长兴县的行政区域并入吴兴区。
-330522 长兴县>吴兴区
=330502 吴兴区<长兴县
"""
INSIDE = (119.91, 31.0)


@pytest.fixture(scope="module")
def later(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    file = tmp_path_factory.mktemp("decision") / "merger.txt"
    file.write_text(MERGER, "utf-8")
    with database.clone(cluster, demonstration_template(cluster)) as url:
        engine = make_engine(url, pooled=False)
        assert decision(engine, file, "office", preview=True).changed is False
        assert decision(engine, file, "office", preview=False).changed is True
        yield engine
        engine.dispose()


@pytest.fixture
def connection(later: Engine) -> Iterator[Connection]:
    with reading(later) as found:
        yield found


def test_search_knows_at_once_that_the_unit_has_ended(connection: Connection) -> None:
    first = search_places(connection, q="长兴县")["items"][0]
    assert (first["code"], first["status"], first["matched"]["kind"]) == ("330522", "former", "former")
    assert first["matched"]["valid"]["to"] == date(2025, 3, 10)
    then = search_places(connection, q="长兴县", as_of=date(2025, 3, 9))["items"][0]
    assert (then["status"], then["matched"]["kind"]) == ("current", "standard")


def test_a_position_is_answered_by_the_unit_that_took_the_land_over(connection: Connection) -> None:
    assert reverse(connection, *INSIDE)["units"][-1]["name"] == "吴兴区"
    assert reverse(connection, *INSIDE, date(2025, 3, 9))["units"][-1]["name"] == "长兴县"


def test_the_map_keeps_the_ended_unit_in_its_place_and_says_so(connection: Connection) -> None:
    features = map_layer(connection, "county", bbox=(119.8, 30.9, 120.0, 31.1), audience=Audience.STAFF)["features"]
    bases = {f["properties"]["name"]: f["properties"]["basis"] for f in features if "basis" in f["properties"]}
    assert bases["长兴县"] == "ended_unit"
    assert bases["吴兴区"] == "polygon"


def test_what_is_derived_can_be_brought_up_to_date_again_without_harm(later: Engine) -> None:
    refresh(later, "office", lambda _what: None)
    with reading(later) as found:
        assert search_places(found, q="长兴县")["items"][0]["status"] == "former"
