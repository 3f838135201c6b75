"""Accounts of the demonstration sit at desks of the made-up units; their passwords are the owner's alone to read."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from api.demo_accounts import PASSWORDS, kept_passwords
from api.demo_office import accounts, load_office, office_state, remove_office
from api.demo_office.model import Stage
from boundaries.units.demonstration import unit_id
from data.access import Role
from data.accounts.identity import actor_of
from data.accounts.records import account_named
from data.accounts.sessions import Visitor
from data.accounts.signing_in import Credentials, sign_in
from data.db import make_engine, reading, unit_of_work
from data.secrets import Keyring
from data.server.cluster import Cluster
from data.server.home import home_at
from tests import database

ATTACH = text("""
    INSERT INTO diming.attachment (id, sha256, bytes, file_name, media_type, added_by)
    VALUES (gen_random_uuid(), sha256('x'), 1, 'a.pdf', 'application/pdf', :by)
""")
NAMES = text("SELECT username FROM diming.account WHERE disabled_at IS NULL ORDER BY username")


@pytest.fixture(scope="module")
def staffed(
    cluster: Cluster, office_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """A database with the accounts, whose passwords take time to hash, and the file that keeps them."""
    home = home_at(tmp_path_factory.mktemp("staffed"))
    with database.clone(cluster, office_template) as url:
        engine = make_engine(url, pooled=False)
        loaded = load_office(Stage(engine, home, lambda _what: None, with_accounts=True), [accounts.STEP])
        engine.dispose()
        assert loaded == ["accounts"]
        yield url.rpartition("/")[2].partition("?")[0], home.root / PASSWORDS


@pytest.fixture
def office(cluster: Cluster, staffed: tuple[str, Path], tmp_path: Path) -> Iterator[Stage]:
    name, passwords = staffed
    shutil.copy2(passwords, tmp_path / PASSWORDS)
    with database.clone(cluster, name) as url:
        engine = make_engine(url, pooled=False)
        yield Stage(engine, home_at(tmp_path), lambda _what: None, with_accounts=True)
        engine.dispose()


def test_they_are_made_only_where_nobody_works(loaded: Stage) -> None:
    assert load_office(loaded) == []
    assert not office_state(loaded.engine)["accounts"]


def test_each_holds_its_role_at_its_desk(office: Stage) -> None:
    with reading(office.engine) as connection:
        surveyor = account_named(connection, "demo.surveyor-yi")
        held = [(g.role, g.unit_id) for g in actor_of(connection, surveyor["id"], "session", office.clock()).grants]
        assert held == [(Role.SURVEYOR, unit_id("990122"))]
        assert surveyor["display_name"] == "演示·乙县·测绘人员"


def test_the_kept_password_opens_the_account_and_is_the_owners_to_read(office: Stage, keys: Keyring) -> None:
    path = office.home.root / PASSWORDS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = {account["username"]: account for account in kept_passwords(office.home)}
    assert kept["demo.surveyor"]["within"] == "990121"
    credentials = Credentials("demo.surveyor", kept["demo.surveyor"]["password"])
    sign_in(office.engine, keys, credentials, Visitor("127.0.0.1"), office.clock())


def test_they_go_with_all_else(office: Stage) -> None:
    removed = remove_office(office)
    assert removed.rows["account"] > 20
    assert kept_passwords(office.home) == []
    with reading(office.engine) as connection:
        assert connection.scalars(NAMES).all() == []


def test_who_has_done_something_outside_is_closed_and_stays_its_author(office: Stage) -> None:
    with unit_of_work(office.engine) as connection:
        connection.execute(ATTACH, {"by": account_named(connection, "demo.clerk")["id"]})
    remove_office(office)
    with reading(office.engine) as connection:
        assert connection.scalars(NAMES).all() == []
        assert account_named(connection, "demo.clerk")["disabled_at"] is not None
        assert connection.scalar(text("SELECT count(*) FROM diming.account")) == 1
