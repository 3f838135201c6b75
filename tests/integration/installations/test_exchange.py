"""Two installations exchange what each decides, over real HTTP, and end the same."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.app import create_app
from api.cli.app import main
from api.installations import pull
from api.settings import Settings
from data.accounts.sessions import Visitor, open_session
from data.accounts.tokens import issue_token
from data.clock import system_clock
from data.db import unit_of_work
from data.errors import Conflict, IntegrityError, Unavailable
from geonames.installations.conflicts import decide_conflict, list_conflicts
from geonames.installations.service import change_key, peers
from tests.accounts import add_person
from tests.integration.cases.pages import Browser
from tests.integration.installations.conftest import OPERATOR, Office
from tests.relay import relay_to
from tests.samples import named_places as sample
from tests.scale import LONG
from tests.serving import serving

#: The issue's number of changes, and one that shows the same in a few seconds.
CHANGES = 10_000 if LONG else 200
SEED = 11
CONFLICTS = "/exchange/conflicts"


def test_two_installations_end_identical_though_connections_break(county: Office, province: Office) -> None:
    chance = random.Random(SEED)
    with relay_to(county.port, SEED) as to_county, relay_to(province.port, SEED + 1) as to_province:
        county.meet(province, f"http://127.0.0.1:{to_province.port}")
        province.meet(county, f"http://127.0.0.1:{to_county.port}")
        written, begun = 0, time.monotonic()
        while written < CHANGES:
            many = min(CHANGES - written, chance.randint(5, CHANGES // 12))
            if chance.random() < 0.6:
                county.write(many)
            else:
                province.write(many, sample.OTHER)
            written += many
            one, other = chance.sample([county, province], 2)
            if chance.random() < 0.7:
                _pull_as_it_can(one, other)
        for one, other in ((county, province), (province, county), (county, province)):
            while not _pull_as_it_can(one, other):
                pass
    print(f"{CHANGES} changes in {time.monotonic() - begun:.1f} s")
    assert not county.conflicts()
    assert not province.conflicts()
    assert county.state() == province.state()
    assert len(county.state()["decision"]) > 10
    assert len(set(to_county.fates + to_province.fates)) > 1, "no connection was cut"


def _pull_as_it_can(one: Office, other: Office) -> bool:
    try:
        pull(one.engine, OPERATOR, other.name, attempts=1)
    except Unavailable:
        return False
    return True


def test_what_another_installation_keeps_is_not_written_here_but_asked_for_there(
    county: Office, province: Office
) -> None:
    county.meet(province)
    province.meet(county)
    with pytest.raises(Conflict, match="tingchuan") as refused:
        province.write(3, sample.COUNTY)
    assert refused.value.code == "owned_by_another"
    assert refused.value.extra["url"] == county.address
    province.write(3, sample.OTHER)  # nobody nearer is known that covers it


def _quarrel(county: Office, province: Office) -> dict[str, list[object]]:
    """The province changes streets that the county keeps, because it no longer knows that; the county hears of it."""
    county.meet(province)
    county.write(3)
    province.meet(county)
    pull(province.engine, OPERATOR, county.name)
    before = county.state()
    with province.engine.begin() as connection:
        connection.execute(text("UPDATE diming.installation_peer SET removed_at = now()"))  # it forgets who keeps it
    province.streets = list(county.streets)
    province.write(3, sample.COUNTY)
    pull(county.engine, OPERATOR, province.name)
    return before


def test_a_change_of_a_record_that_is_kept_here_is_shown_and_decided_by_a_person(
    county: Office, province: Office
) -> None:
    before = _quarrel(county, province)
    assert {**county.state(), "decision": 0, "feed": 0} == {**before, "decision": 0, "feed": 0}
    with county.engine.connect() as connection:
        found = list_conflicts(connection, OPERATOR)["items"]
    assert {one["why"] for one in found} == {"owned_here"}
    kept = decide_conflict(county.engine, OPERATOR, found[0]["id"], "kept", "未经本县批准")
    assert kept["decided"] == "kept"
    with pytest.raises(Conflict) as again:
        decide_conflict(county.engine, OPERATOR, found[0]["id"], "taken", "又改主意")
    assert again.value.code == "conflict_decided"
    for one in found[1:]:
        taken = decide_conflict(county.engine, OPERATOR, one["id"], "taken", "省里的名称是对的")
        assert _standing(county, one["record"]) == _standing(province, one["record"])
        assert taken["change"]["after"]["name"] in _standing(county, one["record"])
    assert pull(county.engine, OPERATOR, province.name).counts == {}


def _standing(office: Office, record: object) -> list[str]:
    sql = text("SELECT text FROM diming.place_name WHERE subject_id = :id AND upper_inf(known) ORDER BY text")
    with office.engine.connect() as connection:
        return list(connection.scalars(sql, {"id": record}))


def test_a_page_signed_with_another_key_is_not_taken_and_the_problem_is_kept(county: Office, province: Office) -> None:
    county.meet(province)
    province.write(3)
    change_key(county.engine, OPERATOR, province.name, county.key())
    before = county.state()
    with pytest.raises(IntegrityError) as refused:
        pull(county.engine, OPERATOR, province.name)
    assert refused.value.code == "page_not_signed"
    assert county.state() == before
    with county.engine.connect() as connection:
        [peer] = peers(connection, OPERATOR)
    assert (peer["cursor"], peer["problem"]["code"]) == (0, "page_not_signed")
    change_key(county.engine, OPERATOR, province.name, province.key())
    assert pull(county.engine, OPERATOR, province.name).counts == {"applied": 3}


def test_a_peer_whose_database_went_back_is_not_followed(county: Office, province: Office) -> None:
    county.meet(province)
    province.write(3)
    pull(county.engine, OPERATOR, province.name)
    heard = county.state()
    for told in ("cursor = 90", "cursor = 3, mark = 'of another change 3'"):
        with county.engine.begin() as connection:
            connection.execute(text(f"UPDATE diming.installation_peer SET {told}"))
        with pytest.raises(IntegrityError) as refused:
            pull(county.engine, OPERATOR, province.name)
        assert refused.value.code == "peer_went_back"
        province.write(3)  # its numbers go on as if nothing had been
    assert county.state() == heard


def test_conflicts_are_decided_over_http_by_the_office_of_the_record_alone(county: Office, province: Office) -> None:
    _quarrel(county, province)
    with httpx.Client(base_url=county.address) as client:
        assert client.get("/v1/exchange").json()["key"] == county.key()
        assert client.get("/v1/exchange/conflicts").json()["code"] == "sign_in_needed"
        reviewer, elsewhere = (_bearer(county, code) for code in (county.code, sample.UNITS[sample.OTHER][0]))
        items = client.get("/v1/exchange/conflicts", headers=reviewer).json()["items"]
        address = f"/v1/exchange/conflicts/{items[0]['id']}"
        shown = client.get(address, headers=reviewer).json()
        assert shown["came"]["place_name"] != shown["stands"]["place_name"]
        asked = {"decided": "kept", "reason": "未经本县批准"}
        refused = client.post(f"{address}/decide", json=asked, headers=elsewhere)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
        assert client.post(f"{address}/decide", json=asked, headers=reviewer).json()["decided"] == "kept"
        left = client.get("/v1/exchange/conflicts", headers=reviewer).json()["items"]
        assert [one["id"] for one in left] == [one["id"] for one in items[1:]]


def _bearer(office: Office, code: str) -> dict[str, str]:
    name = add_person(office.engine, ("reviewer", code), now=system_clock(), password=False)
    with unit_of_work(office.engine) as connection:
        account = connection.scalar(text("SELECT id FROM diming.account WHERE username = :name"), {"name": name})
        issued = issue_token(connection, OPERATOR, account, "test", lambda _: (), system_clock())
    return {"Authorization": f"Bearer {issued.secret}"}


def test_the_page_shows_both_sides_and_takes_the_decision_of_the_office_alone(county: Office, province: Office) -> None:
    _quarrel(county, province)
    with serving(create_app(Settings(database_url=county.url))) as address:
        here, elsewhere = (_visitor(county, address, code) for code in (county.code, sample.UNITS[sample.OTHER][0]))
        nobody = Browser(address, None).client.get(CONFLICTS, headers={"Accept": "application/json"})
        assert (nobody.status_code, nobody.json()["code"]) == (401, "sign_in_needed")
        assert "Conflicts of exchange: 2" in here.get("/desk?lang=en").text("main")
        listed = here.get(f"{CONFLICTS}?lang=en")
        links = [one.get("href").partition("?")[0] for one in listed.all("tbody a")]
        assert (len(links), province.name in listed.text("main")) == (2, True)
        one = here.get(f"{links[0]}?lang=zh")
        names = [" ".join(row.itertext()).split() for row in one.all("tbody tr") if "文字" in row.itertext()]
        assert {(name[1] == "—", name[2] == "—") for name in names} == {(False, True)}  # the name that came is new
        assert not elsewhere.get(links[0]).all("input[name=decided]"), "an office elsewhere is offered no form"
        blank = here.send(one, links[0], -1, decided="kept", reason=" ")
        assert (blank.status, "reason_missing" in blank.text("[role=alert]")) == (422, True)
        assert blank.all("input[checked]")[0].get("value") == "kept"
        kept = here.send(one, links[0], -1, decided="kept", reason="未经本县批准")
        assert (kept.status, "未经本县批准" in kept.text("main"), kept.all("input[name=decided]")) == (200, True, [])
        again = here.send(one, links[0], -1, decided="taken", reason="又改主意")
        assert (again.status, "conflict_decided" in again.text("[role=alert]")) == (409, True)
        assert [len(here.get(f"{CONFLICTS}?state={state}").all("tbody a")) for state in ("open", "decided")] == [1, 1]
        assert here.get(f"{CONFLICTS}?state=new").status == 400


def _visitor(office: Office, address: str, code: str) -> Browser:
    name = add_person(office.engine, ("reviewer", code), now=system_clock(), password=False)
    with unit_of_work(office.engine) as connection:
        account = connection.scalar(text("SELECT id FROM diming.account WHERE username = :name"), {"name": name})
        return Browser(address, open_session(connection, account, Visitor(), system_clock()).secret)


def test_the_commands_name_pull_and_decide(
    county: Office,
    province: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", county.url)
    monkeypatch.setenv("DIMING_HOME", str(tmp_path / "tingchuan"))

    def run(*words: str) -> Any:
        assert main(["exchange", *words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    told = ("--level", "province", "--within", province.code, "--url", province.address, "--key", province.key())
    assert run("peers", "add", province.name, *told)["cursor"] == 0
    province.write(3, sample.COUNTY)
    [found] = run("pull")["items"]
    assert (found["through"], found["counts"]) == (3, {"applied": 1, "conflict": 2})
    status = run("status")
    assert (status["installation"]["key"], status["peers"][0]["conflicts"]) == (county.key(), 2)
    [one, other] = run("conflicts")["items"]
    assert run("decide", one["id"], "--take", "--reason", "县里漏登")["decided"] == "taken"
    assert run("decide", other["id"], "--keep", "--reason", "没有这条巷")["decided"] == "kept"
    assert (len(_standing(county, one["record"])), _standing(county, other["record"])) == (1, [])
    assert run("conflicts") == {"items": [], "next": None}
    key = run("name", county.name, "--level", "county", "--within", county.code)["key"]
    assert key == county.key() != status["installation"]["key"]
    assert main(["exchange", "peers", "remove", province.name]) == 0
    assert run("list") == {"items": []}
