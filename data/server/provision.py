"""Makes our role, database and extensions in the embedded cluster, and says how to reach them."""

from __future__ import annotations

import psycopg
from psycopg import sql

from data.server.binaries import REQUIRED_EXTENSIONS
from data.server.cluster import DATABASE, ROLE, SUPERUSER, Cluster

MAINTENANCE_DATABASE = "postgres"

#: One at a time. Who was killed may leave a session that still works at its last statement: who comes next waits for it
#: instead of making the same thing beside it. The lock belongs to the session, so that it ends with that statement.
ALONE = "SELECT pg_advisory_lock(hashtext('diming.provision'))"

#: `&&` compares two boxes, answers yes or no and raises nothing, so that the planner may use a spatial index inside the
#: published views, which are security barriers (decision 0033). Where an administrator has not said so, questions by
#: place look through the whole view: right, and slow.
BOXES_TELL_NOTHING = "ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF"


def connect(cluster: Cluster, database: str, role: str = SUPERUSER) -> psycopg.Connection[tuple[object, ...]]:
    """An autocommit connection through the cluster's socket."""
    return psycopg.connect(
        host=str(cluster.home.socket_directory), port=5432, dbname=database, user=role, autocommit=True
    )


def provision(cluster: Cluster, database: str = DATABASE) -> bool:
    """Make role, database and extensions where they are missing; True where the database was made.

    The application's role owns its database and may make databases and roles
    (restore, the reader's role), but is no superuser: it can neither read the
    machine's files nor run programs through SQL.
    """
    with connect(cluster, MAINTENANCE_DATABASE) as connection:
        connection.execute(ALONE)
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE").format(sql.Identifier(ROLE)))
        made = not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", database)
        if made:
            create_database(connection, database)
    add_extensions(cluster, database)
    return made


def create_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """An empty database that belongs to our role."""
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
    connection.execute(statement.format(sql.Identifier(name), sql.Identifier(ROLE)))


def add_extensions(cluster: Cluster, database: str) -> None:
    """The extensions, which only a superuser may add."""
    with connect(cluster, database) as connection:
        connection.execute(ALONE)
        for name in REQUIRED_EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
        connection.execute(BOXES_TELL_NOTHING)


def _exists(connection: psycopg.Connection[tuple[object, ...]], question: str, name: str) -> bool:
    return connection.execute(question.encode(), (name,)).fetchone() is not None
