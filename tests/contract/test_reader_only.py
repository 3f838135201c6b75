"""The OGC API and its tiles are answered by the public's own connection; the examples of the API: test_examples.py."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from tests.contract.heard import heard_by_office
from tests.contract.test_ogc import COLLECTIONS


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_collections_and_their_tiles_are_read_by_the_reader(
    api: httpx.Client, api_app: FastAPI, collection: str
) -> None:
    base = f"/ogc/collections/{collection}"
    with heard_by_office(api_app) as said:
        page = api.get(f"{base}/items", params={"limit": 3})
        assert page.status_code == 200
        for feature in page.json()["features"][:1]:
            assert api.get(f"{base}/items/{feature['id']}").status_code == 200
        asked = [api.get(f"{base}/tiles/WebMercatorQuad/{tile}") for tile in ("3/6/3", "8/213/104")]
        assert {answer.status_code for answer in asked} <= {200, 204}
    assert said == []


def test_what_the_office_s_connection_is_asked_would_be_heard(api: httpx.Client, api_app: FastAPI) -> None:
    with heard_by_office(api_app) as said:
        api.get("/v1/cases")
        api.get("/v1/status", headers={"Authorization": "Bearer dmt_" + "a" * 43})
    assert said
