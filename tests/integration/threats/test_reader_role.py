"""The role of the public reaches the published views and functions, and nothing else of the database."""

from __future__ import annotations

from sqlalchemy import Engine, text

from data.db import READER_ROLE

#: PostGIS gives these to everybody; they hold definitions of reference systems and lists of columns.
OF_POSTGIS = {"public.geography_columns", "public.geometry_columns", "public.spatial_ref_sys"}
RELATIONS = text("""
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('published', 'pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_t%'
      AND has_schema_privilege(:role, n.oid, 'USAGE')
      AND CASE WHEN c.relkind IN ('r', 'v', 'm', 'p', 'f')
               THEN has_table_privilege(:role, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                    OR has_any_column_privilege(:role, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
               WHEN c.relkind = 'S' THEN has_sequence_privilege(:role, c.oid, 'USAGE, SELECT, UPDATE') END
""")
#: Functions that run with their owner's rights are a way past the views: those of `published` are made for it, and each
#: names where it looks things up, so that nobody can put something of his own in the way. PostGIS has some too.
OF_THE_OWNER = text("""
    SELECT p.oid::regprocedure::text, n.nspname = 'published' AS published,
           EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%') AS fixed
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND has_schema_privilege(:role, n.oid, 'USAGE')
      AND has_function_privilege(:role, p.oid, 'EXECUTE')
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
""")
PUBLISHED = text("""
    SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'published'::regnamespace AND c.relkind NOT IN ('v', 'i')
       OR c.relnamespace = 'published'::regnamespace
          AND has_table_privilege(:role, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
""")
ROLE = text("""
    SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolcanlogin OR rolreplication OR rolbypassrls,
           ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid),
           has_schema_privilege(rolname, 'public', 'CREATE') OR has_schema_privilege(rolname, 'published', 'CREATE')
    FROM pg_roles r WHERE rolname = :role
""")
ASKED = {"role": READER_ROLE}


def test_the_reader_can_reach_the_published_views_and_nothing_else(engine: Engine) -> None:
    with engine.connect() as connection:
        assert set(connection.execute(RELATIONS, ASKED).scalars()) == OF_POSTGIS
        assert list(connection.execute(PUBLISHED, ASKED).scalars()) == []
        assert tuple(connection.execute(ROLE, ASKED).one()) == (False, [], False)


def test_functions_with_other_rights_are_published_ones_that_nobody_can_mislead(engine: Engine) -> None:
    with engine.connect() as connection:
        found = connection.execute(OF_THE_OWNER, ASKED).all()
    assert len(found) > 10
    assert [row[0] for row in found if not (row.published and row.fixed)] == []


def test_a_right_on_one_column_would_be_found(fresh_engine: Engine) -> None:
    with fresh_engine.begin() as connection:
        connection.execute(text(f"GRANT USAGE ON SCHEMA diming TO {READER_ROLE}"))
        connection.execute(text(f"GRANT SELECT (email) ON diming.account TO {READER_ROLE}"))
    with fresh_engine.connect() as connection:
        assert "diming.account" in set(connection.execute(RELATIONS, ASKED).scalars())
