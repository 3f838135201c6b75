"""What an installation signs of its audit log, what that betrays, and a proof that a stranger checks by himself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.cli.app import main
from api.jobs import tasks
from api.settings import Settings
from data import audit
from data.access.model import nobody, operator
from data.audit_proof import service
from data.audit_proof.service import check, new_key, sign_head
from data.db import reading, unit_of_work
from data.errors import Conflict, IntegrityError, NotFound, NotPermitted
from data.server.cluster import Cluster
from data.signing.keys import KeyFolder
from tests.database import clone, template
from tests.serving import serving

SCRIPT = Path(__file__).parents[2] / "docs" / "check_audit_proof.py"
OPERATOR = operator("cli:test")


def clock() -> datetime:
    return datetime(2026, 3, 2, 18, 30, tzinfo=UTC)


def write(engine: Engine, number: int) -> None:
    with unit_of_work(engine) as connection:
        for n in range(number):
            audit.append(connection, actor="account:x", action="note", decision_id=None, details={"n": n})


DECISION = text("""
    INSERT INTO diming.decision (id, kind, title, basis, source, recorded_by)
    VALUES ('019a2b3c-4d5e-7f60-8a1b-000000000001', 'approval', '示例省批复', 'document_date', 'test', 'test')
    RETURNING id
""")


def fill(url: str) -> None:
    """Five entries; the third is that of a published decision."""
    from data.db import make_engine

    engine = make_engine(url, pooled=False)
    write(engine, 2)
    with unit_of_work(engine) as connection:
        decision = connection.execute(DECISION).scalar_one()
        audit.append(connection, actor="account:x", action="decision.entered", decision_id=decision, details={})
    write(engine, 2)
    engine.dispose()


@pytest.fixture
def register(cluster: Cluster) -> Iterator[Engine]:
    from data.db import make_engine

    with clone(cluster, template(cluster, "audit-of-five", fill)) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys" / "audit")


def checked(engine: Engine, *kept: str) -> service.Checked:
    with reading(engine) as connection:
        return check(connection, kept)


def rewrite(engine: Engine, number: int) -> None:
    """Change an entry and make every hash from there on anew, as one would who may do everything to the database."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE diming.audit DISABLE TRIGGER append_only"))
        rows = connection.execute(audit.READ_CHAIN).all()
        previous = audit.GENESIS
        for row in rows:
            entry = audit.Entry(*row[:9])
            if entry.seq >= number:
                forged = replace(entry, actor="account:nobody")
                digest = forged.hash_after(previous)
                update = "UPDATE diming.audit SET actor = 'account:nobody', prev_hash = :p, hash = :h WHERE seq = :s"
                connection.execute(text(update), {"p": previous, "h": digest, "s": entry.seq})
                previous = digest
            else:
                previous = bytes(row.hash)
        connection.execute(text("UPDATE diming.audit_head SET hash = :h"), {"h": previous})


def test_a_head_is_signed_once_and_agrees(register: Engine, folder: KeyFolder) -> None:
    first = sign_head(register, folder, OPERATOR, clock)
    assert first["size"] == 6  # that the key was made is an entry too
    assert sign_head(register, folder, OPERATOR, clock)["size"] == 7
    assert checked(register) == service.Checked(8, None, 2, None, 7)
    with reading(register) as connection:
        actions = connection.execute(text("SELECT action FROM diming.audit WHERE seq > 5 ORDER BY seq")).scalars().all()
    assert actions == ["audit.key_added", "audit.signed", "audit.signed"]


def test_a_log_that_was_rewritten_whole_is_betrayed_by_its_head(register: Engine, folder: KeyFolder) -> None:
    sign_head(register, folder, OPERATOR, clock)
    write(register, 3)
    sign_head(register, folder, OPERATOR, clock)
    rewrite(register, 8)
    found = checked(register)
    assert found.broken_at is None
    assert (found.head_broken, found.head_good) == (10, 6)
    with pytest.raises(IntegrityError) as caught:
        sign_head(register, folder, OPERATOR, clock)
    assert caught.value.code == "audit_chain_broken"


def test_a_head_that_was_kept_elsewhere_betrays_who_signed_anew(register: Engine, folder: KeyFolder) -> None:
    kept = sign_head(register, folder, OPERATOR, clock)["note"]
    assert checked(register, kept).is_whole
    with register.begin() as connection:
        connection.execute(text("ALTER TABLE diming.audit_signed_head DISABLE TRIGGER append_only"))
        connection.execute(text("DELETE FROM diming.audit_signed_head"))
    rewrite(register, 4)
    assert checked(register).is_whole
    found = checked(register, kept)
    assert (found.head_broken, found.head_good) == (6, 0)


def test_a_head_that_none_of_our_keys_signed_is_told(register: Engine, folder: KeyFolder) -> None:
    note = sign_head(register, folder, OPERATOR, clock)["note"]
    assert not checked(register, note.replace("2026", "2025")).is_whole


def test_signed_heads_stay(register: Engine, folder: KeyFolder) -> None:
    sign_head(register, folder, OPERATOR, clock)
    for statement in ("UPDATE diming.audit_signed_head SET note = 'x'", "DELETE FROM diming.audit_signed_head"):
        with pytest.raises(Conflict), unit_of_work(register) as connection:
            connection.execute(text(statement))


def test_a_new_key_signs_and_what_the_former_signed_stays_good(register: Engine, folder: KeyFolder) -> None:
    sign_head(register, folder, OPERATOR, clock)
    key = new_key(register, folder, OPERATOR, lambda: clock() + timedelta(days=1))
    head = sign_head(register, folder, OPERATOR, clock)
    assert checked(register).is_whole
    with reading(register) as connection:
        keys = service.keys_shown(connection)
    assert [one["key"] == key for one in keys] == [False, True]
    assert head["key"] == keys[1]["id"]
    assert keys[0]["retired_at"]
    folder.path(keys[1]["id"]).unlink()
    write(register, 1)
    with pytest.raises(Conflict) as caught:
        sign_head(register, folder, OPERATOR, clock)
    assert caught.value.code == "signing_key_elsewhere"


def test_nobody_else_signs(register: Engine, folder: KeyFolder) -> None:
    for work in (sign_head, new_key):
        with pytest.raises(NotPermitted):
            work(register, folder, nobody(), clock)


def test_an_empty_log_has_no_key(fresh_engine: Engine, folder: KeyFolder) -> None:
    with pytest.raises(Conflict) as caught:
        new_key(fresh_engine, folder, OPERATOR, clock)
    assert caught.value.code == "audit_log_empty"
    assert checked(fresh_engine) == service.Checked(0, None, 0, None, 0)


def prove(engine: Engine, number: int) -> dict[str, Any]:
    with reading(engine) as connection:
        return service.prove(connection, number)


def test_an_entry_is_proven_once_a_head_covers_it_and_only_if_it_is_public(register: Engine, folder: KeyFolder) -> None:
    with pytest.raises(NotFound) as caught:
        prove(register, 3)
    assert caught.value.code == "no_signed_head"
    sign_head(register, folder, OPERATOR, clock)
    assert prove(register, 3)["seq"] == 3
    for closed in (1, 6, 99):
        with pytest.raises(NotFound) as caught:
            prove(register, closed)
        assert caught.value.code == "no_such_entry"


def test_a_stranger_checks_the_proof_without_us(
    register: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    url = register.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url)
    monkeypatch.setattr("api.settings.settings_from_environment", lambda: settings)
    assert main(["audit", "sign", "--json"]) == 0
    capsys.readouterr()
    assert main(["audit", "heads", "--json"]) == 0
    key = json.loads(capsys.readouterr().out)["keys"][0]["key"]
    proof = tmp_path / "proof.json"
    assert main(["audit", "prove", "019a2b3c-4d5e-7f60-8a1b-000000000001", "--out", str(proof)]) == 0
    assert stranger(proof, key) == 0
    document = json.loads(proof.read_text("utf-8"))
    proof.write_text(json.dumps({**document, "covered": document["covered"].replace("account:x", "account:y")}))
    assert stranger(proof, key) == 1
    assert main(["audit", "prove", "not-an-id"]) == 2
    assert main(["audit", "verify", "--json", "--head", str(tmp_path / "none")]) == 4


def stranger(proof: Path, key: str) -> int:
    """What the script says, run by Python alone: without our packages and away from our files."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(proof), key]
    return subprocess.run(command, cwd=proof.parent, capture_output=True, check=False).returncode


def test_the_worker_signs_every_night_and_everybody_may_keep_the_heads(
    register: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    settings = Settings(database_url=register.url.render_as_string(hide_password=False), pages=False)
    monkeypatch.setattr(tasks, "settings_from_environment", lambda: settings)
    tasks.verify_audit_chain(0)
    tasks.verify_audit_chain(1)
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=30) as client:
        found = client.get("/v1/audit/heads", params={"limit": 1}).json()
        rest = client.get("/v1/audit/heads", params={"cursor": found["next"], "limit": 1}).json()
        page = client.get("/v1/audit/heads", headers={"Origin": "https://elsewhere.example"})
    assert [found["items"][0]["size"], rest["items"][0]["size"], rest["next"]] == [9, 7, None]
    assert len(found["keys"]) == 1
    assert page.headers["access-control-allow-origin"] == "*"
    rewrite(register, 2)
    tasks.verify_audit_chain(2)
    with reading(register) as connection:
        last = connection.execute(text("SELECT action, details FROM diming.audit ORDER BY seq DESC LIMIT 1")).one()
    assert (last.action, last.details["head_broken"]) == ("audit.verified", 7)
