"""The Typer application: finds the group of a command, runs it, turns failures into exit statuses."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import traceback
from typing import Annotated, Any

import typer
from typer.exceptions import Abort, TyperException

import api.cli
from api.cli import output
from api.cli.environment import environment
from api.cli.errors import DONE, INTERNAL, NO, WRONG_USE, exit_status, internal_problem, usage_problem
from data.errors import DimingError
from data.version import version

# Infrastructure of the command line; every other module beside this one is a group of commands.
_NOT_GROUPS = {"__main__", "app", "changing", "environment", "errors", "output"}
#: The first words that a module answers to, where they are not the module's name up to its first underscore.
_WORDS: dict[str, tuple[str, ...]] = {
    "imports": ("import", "imports"),
    "lifecycle": (
        *("up", "prepare", "down", "keep", "status", "logs", "psql"),
        *("backup", "restore", "check-backup", "journal", "test"),
    ),
    "names": ("name", "spelling", "place-code"),
    "query": ("unit", "translate-code", "decisions"),
    "rules": ("check-name", "rules"),
    "search": ("search", "reverse"),
    "sign": ("sign", "verify"),
    "user": ("user", "token"),
}
_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def words_of(module: str) -> tuple[str, ...]:
    """The first words of a command line that a module of this package answers to."""
    return _WORDS.get(module, (module.partition("_")[0],))


def build(word: str | None = None) -> typer.Typer:
    """The application with every group registered, in the order of their names.

    With a first word of a command line only the groups that answer to it: importing all of them takes longer than
    most commands. All are there for a word that none answers to, so that what is meant can be proposed.
    """
    app = typer.Typer(
        name="diming",
        help="Diming (地名): gazetteer and versioned register of administrative units and boundaries.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(_before_any_command)
    groups = [module.name for module in pkgutil.iter_modules(api.cli.__path__) if module.name not in _NOT_GROUPS]
    for name in [group for group in groups if word in words_of(group)] or groups:
        importlib.import_module(f"api.cli.{name}").register(app)
    return app


def _before_any_command(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if show_version:
        typer.echo(version())
        raise typer.Exit
    # Commands of other groups reach the register through the settings, which read these.
    place = environment()
    os.environ.setdefault("DIMING_HOME", str(place.home.root))
    os.environ.setdefault("DIMING_DATABASE_URL", place.database_url)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status (contracts.md, "Command line")."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        return _status(build(words[0] if words else None)(words, prog_name="diming", standalone_mode=False))
    except DimingError as error:
        return _fail(error.problem(), exit_status(error), words)
    except TyperException as error:
        return _fail(usage_problem(error.format_message()), WRONG_USE, words)
    except (Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # the last line of defence: a fault of ours, shown whole
        traceback.print_exc()
        return _fail(internal_problem(error), INTERNAL, words)


def _status(result: Any) -> int:
    if isinstance(result, bool):
        return DONE if result else NO
    return result if isinstance(result, int) else DONE


def _fail(problem: dict[str, Any], status: int, words: list[str]) -> int:
    if "--json" in words:
        output.print_json(problem)
    output.say(f"{problem['title']} [{problem['code']}]: {problem['detail']}")
    return status
