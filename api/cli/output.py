"""What commands print: one JSON document or plain text on standard output, all else on standard error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

console = Console(stderr=True, highlight=False)
plain = Console(highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


def print_json(document: Any) -> None:
    """Print one JSON document (dates in ISO 8601, keys in the order given)."""
    typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def say(text: str) -> None:
    """A remark for the person, on standard error."""
    console.print(text, markup=False, soft_wrap=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Show that a step is under way, then that it is done and how long it took, or that it failed."""
    begun = time.monotonic()
    try:
        with console.status(f"{what} …"):
            yield
    except BaseException:
        console.print(f"[red]✗[/red] {what}")
        raise
    console.print(f"[green]✓[/green] {what} [dim]({time.monotonic() - begun:.1f} s)[/dim]")


@contextmanager
def counting() -> Iterator[Callable[[int, int | None, str], None]]:
    """How many are done, where nobody knows of how many; what is given tells it."""
    with console.status("") as status:

        def tell(done: int, _total: int | None, note: str) -> None:
            status.update(f"{note}: {done:,}")

        yield tell


@contextmanager
def progress() -> Iterator[Callable[[int, int, str], None]]:
    """A bar with numbers and the time left, which goes when the work is done; what is given tells it how far it is."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(done: int, total: int, note: str) -> None:
            bar.update(task, completed=done, total=total, description=note)

        yield tell
