"""A command line imports the groups that answer to its first word, and no command is missed by that."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
import typer.main

from api.cli.app import build, main, words_of
from data.server.home import REPOSITORY


def commands(command: click.Command) -> Iterator[click.Command]:
    """A command and all below it."""
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from commands(below)


WHOLE = typer.main.get_command(build())


@pytest.mark.parametrize("word", getattr(WHOLE, "commands", {}))
def test_every_command_stands_in_a_module_that_answers_to_its_first_word(word: str) -> None:
    for one in commands(WHOLE.commands[word]):  # type: ignore[attr-defined]  # a group, as the parameters show
        module = getattr(one.callback, "__module__", "api.cli.")
        if module.startswith("api.cli."):
            name = module.removeprefix("api.cli.").partition(".")[0]
            assert not name or word in words_of(name), f"{one.name} stands in {module}"


def test_a_word_that_nobody_answers_to_is_told_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bondary"]) == 2
    assert "boundary" in capsys.readouterr().err


def test_a_command_does_not_import_the_others() -> None:
    asked = "import sys, json; from api.cli.app import build; build('psql'); print(json.dumps(sorted(sys.modules)))"
    found = json.loads(subprocess.check_output([sys.executable, "-c", asked], cwd=REPOSITORY, text=True))
    assert "api.cli.lifecycle" in found
    assert [name for name in found if name.startswith(("fastapi", "boundaries.", "geonames.", "shapely"))] == []
