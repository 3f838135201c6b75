"""Where an installation keeps its things, and that a socket's path always fits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from data.errors import Unavailable
from data.server import home
from data.server.home import SOCKET_NAME, SOCKET_PATH_BYTES


def test_the_database_lies_inside_the_home(tmp_path: Path) -> None:
    assert home.home_at(tmp_path).cluster == tmp_path / "database" / "cluster"


def test_a_home_can_be_moved_while_its_database_lies_inside(tmp_path: Path) -> None:
    home.use_database_root(tmp_path / "a", tmp_path / "a" / "database")
    (tmp_path / "a").rename(tmp_path / "b")
    assert home.home_at(tmp_path / "b").database_root == tmp_path / "b" / "database"


def test_a_database_elsewhere_is_found_again(tmp_path: Path) -> None:
    home.use_database_root(tmp_path / "home", tmp_path / "elsewhere")
    assert home.home_at(tmp_path / "home").database_root == tmp_path / "elsewhere"


@pytest.mark.parametrize("length", [1, 60, 80, 100, 200])
def test_the_sockets_path_fits_however_long_the_homes_is(length: int) -> None:
    root = Path("/srv") / ("界" * (length // 3) + "x" * (length % 3 or 1))
    found = home.home_at(root).socket_directory
    assert len(os.fsencode(found / SOCKET_NAME)) <= SOCKET_PATH_BYTES


def test_two_long_homes_have_two_sockets() -> None:
    one, other = (home.home_at(Path("/srv") / (letter * 120)).socket_directory for letter in "ab")
    assert one != other


def test_a_private_folder_is_closed_to_others(tmp_path: Path) -> None:
    home.private_directory(tmp_path / "socket")
    assert (tmp_path / "socket").stat().st_mode & 0o777 == 0o700


def test_a_link_in_a_private_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "socket").symlink_to(tmp_path)
    with pytest.raises(Unavailable, match="somebody else"):
        home.private_directory(tmp_path / "socket")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    home.write_whole(tmp_path / "stamp", "one\n")
    home.write_whole(tmp_path / "stamp", "two\n")
    assert (tmp_path / "stamp").read_text("utf-8") == "two\n"
    assert [path.name for path in tmp_path.iterdir()] == ["stamp"]


def test_the_home_is_the_repositorys_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIMING_HOME", raising=False)
    assert home.configured_root() == home.REPOSITORY / ".diming"
    monkeypatch.setenv("DIMING_HOME", "/srv/diming")
    assert home.configured_root() == Path("/srv/diming")
