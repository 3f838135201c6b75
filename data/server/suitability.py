"""Whether a PostgreSQL that somebody else runs (`DIMING_DATABASE_URL`) can hold the register."""

from __future__ import annotations

import psycopg

from data.errors import Unavailable
from data.server.binaries import (
    MINIMUM_POSTGIS,
    MINIMUM_POSTGRESQL,
    REQUIRED_EXTENSIONS,
    dotted,
    version_numbers,
)

CONNECT_SECONDS = 10
Connection = psycopg.Connection[tuple[object, ...]]


def libpq_url(url: str) -> str:
    """The same address without SQLAlchemy's driver: `postgresql+psycopg://…` as `postgresql://…`."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}{separator}{rest}"


def check(url: str) -> None:
    """Raise `Unavailable`, with one sentence that says what is missing, unless the server is suitable."""
    if libpq_url(url).partition("://")[0] not in {"postgresql", "postgres"}:
        raise Unavailable(
            "DIMING_DATABASE_URL must be of the form postgresql://user:password@host:port/database.",
            code="database_url_malformed",
        )
    try:
        connection = psycopg.connect(libpq_url(url), connect_timeout=CONNECT_SECONDS, autocommit=True)
    except psycopg.Error as error:
        raise Unavailable(f"The database is not reachable: {_first_line(error)}", code="database_unreachable") from None
    with connection:
        missing = missing_in(connection)
    if missing:
        raise Unavailable(
            f"The database server cannot hold the register: {'; '.join(missing)}.",
            code="database_not_suitable",
        )


def missing_in(connection: Connection) -> list[str]:
    """What the server lacks, each in a few words a person can act on; empty where it is suitable."""
    offered = _offered(connection)
    permitted = _not_permitted(connection, [name for name in REQUIRED_EXTENSIONS if name in offered])
    return lacking(connection.info.server_version // 10000, offered) + permitted


def lacking(major: int, offered: dict[str, str]) -> list[str]:
    """What a server of this major version lacks that offers these extensions (name to version)."""
    missing = []
    if major < MINIMUM_POSTGRESQL:
        missing.append(f"it is PostgreSQL {major}, and {MINIMUM_POSTGRESQL} or newer is needed")
    absent = [name for name in REQUIRED_EXTENSIONS if name not in offered]
    if absent:
        missing.append(f"the extension {', '.join(absent)} is not installed on the server")
    if "postgis" in offered and version_numbers(offered["postgis"]) < MINIMUM_POSTGIS:
        missing.append(f"PostGIS {offered['postgis']} is too old, {dotted(MINIMUM_POSTGIS)} or newer is needed")
    return missing


def _offered(connection: Connection) -> dict[str, str]:
    """Versions of our extensions: the one in this database where there is one, else the one on offer."""
    rows = connection.execute(
        "SELECT name, coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = ANY(%s)",
        (list(REQUIRED_EXTENSIONS),),
    ).fetchall()
    return {str(name): str(version) for name, version in rows}


def _not_permitted(connection: Connection, wanted: list[str]) -> list[str]:
    """Extensions that are on offer but neither added to this database nor ours to add."""
    rows = connection.execute(
        """
        SELECT e.name
          FROM unnest(%s::text[]) AS e(name)
         WHERE NOT EXISTS (SELECT 1 FROM pg_extension x WHERE x.extname = e.name)
           AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
           AND NOT (EXISTS (SELECT 1 FROM pg_available_extension_versions v WHERE v.name = e.name AND v.trusted)
                    AND has_database_privilege(current_database(), 'CREATE'))
         ORDER BY e.name
        """,
        (wanted,),
    ).fetchall()
    if not rows:
        return []
    statements = " ".join(f"CREATE EXTENSION {name};" for (name,) in rows)
    return [f"its user may not add extensions, so an administrator must run in this database: {statements}"]


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
