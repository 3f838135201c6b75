"""The databases of the tests themselves: migrated, apart from each other, run by the application's own role."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, text

from data import migrate


def test_a_clone_is_migrated(fresh_engine: Engine) -> None:
    assert migrate.current_revision(fresh_engine) == migrate.head_revision()
    assert migrate.is_current(fresh_engine)


def test_a_database_with_older_views_is_not_current(fresh_engine: Engine) -> None:
    with fresh_engine.begin() as connection:
        connection.execute(text("COMMENT ON SCHEMA published IS 'older'"))
    assert not migrate.is_current(fresh_engine)
    migrate.upgrade(fresh_engine)
    assert migrate.is_current(fresh_engine)


def test_the_application_is_no_superuser(fresh_engine: Engine) -> None:
    with fresh_engine.connect() as connection:
        assert connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) is False


def test_what_one_test_writes_another_does_not_see(fresh_engine: Engine, database_url: str) -> None:
    with fresh_engine.begin() as connection:
        connection.execute(text("CREATE TABLE public.mine (a int)"))
    other = create_engine(database_url)
    with other.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('public.mine')")) is None
    other.dispose()
