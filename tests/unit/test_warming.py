"""A server process has read everything before it answers the first question."""

from __future__ import annotations

from api.app import create_app
from api.settings import Settings
from api.warming import warm
from data.access.table import permissions
from geonames.applications.routes.rows import route_book
from geonames.romanize import characters, lexicon
from geonames.rules import sounds

#: What the first question about a case or a name would read.
READ = (permissions, route_book, lexicon.national, characters.phrases, sounds._in_phrases, sounds._in_names)


def test_what_lives_as_long_as_the_process_is_made_before_anybody_asks() -> None:
    for table in READ:
        table.cache_clear()
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:9/none", pages=False))
    assert getattr(app.state, "casework", None) is None
    warm(app)
    assert [table.cache_info().currsize for table in READ] == [1] * len(READ)
    assert app.state.casework.procedures


def test_so_is_the_table_of_routes() -> None:
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:9/none", pages=False))
    included = [route for route in app.routes if hasattr(route, "_effective_candidates")]
    assert len(included) > 20
    assert not any(route._effective_candidates for route in included)
    warm(app)
    assert all(route._effective_candidates for route in included)
