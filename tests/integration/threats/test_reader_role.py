"""The role of the public reaches the published views and functions, and nothing else of the database."""

from __future__ import annotations

from sqlalchemy import Engine, text

from data import audit
from data.db import READER_ROLE, set_role_reader

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
#: Each published view with each table that it reads itself and that has rows to withhold: whether it looks at which.
WITHHOLDING = text("""
    WITH read AS (
        SELECT v.relname AS view, 'security_barrier=true' = ANY (v.reloptions) AS barrier,
               d.refobjid AS tab, d.refobjsubid AS col
        FROM pg_class v JOIN pg_rewrite r ON r.ev_class = v.oid
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
        WHERE v.relnamespace = 'published'::regnamespace
    )
    SELECT read.view, c.relname, bool_or(read.col = a.attnum) AS looks, bool_and(coalesce(barrier, false)) AS barrier
    FROM read
    JOIN pg_class c ON c.oid = read.tab AND c.relnamespace = 'diming'::regnamespace AND c.relkind IN ('r', 'p')
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'classification' AND NOT a.attisdropped
    GROUP BY 1, 2
""")
#: These read ids there, and what they show of them from other published views.
BY_OTHER_VIEWS = {("vanished_name", "place_name"), ("vanished_name", "unit_version")}
SECRET_PLAN = text("""
    WITH decided AS (
        INSERT INTO diming.decision (id, kind, title, basis, source, recorded_by, classification)
        VALUES (gen_random_uuid(), 'approval', '某文件（虚构）', 'document_date', 'test', 'test', 'public') RETURNING id
    ), unit AS (
        INSERT INTO diming.unit SELECT gen_random_uuid(), CAST(:classification AS diming.classification), id
        FROM decided RETURNING id
    ), version AS (
        INSERT INTO diming.unit_version (id, unit_id, code, name, level, type, valid, opened_by)
        SELECT gen_random_uuid(), u.id, :code, '某县（虚构）', 'county', '县', daterange('2000-01-01', NULL), d.id
        FROM unit u, decided d
    ), plan AS (
        INSERT INTO diming.place_name_plan (id, unit_id, title, authority, doc_no, adopted_on, ends_on, recorded_by)
        SELECT gen_random_uuid(), id, '某县地名方案（虚构）', '某机关', :code, '2020-01-01', NULL, NULL FROM unit
        RETURNING id
    )
    INSERT INTO diming.reserved_name
        (id, plan_id, place_in_order, name, class, purpose, meaning, whole, toneless, units)
    SELECT gen_random_uuid(), id, 1, '某路', 'STREET', '住宅', '', 'mou lu', 'mou lu', ARRAY[CAST(:code AS text)]
    FROM plan RETURNING (SELECT id FROM decided)
""")
PLANS = text("SELECT doc_no, (SELECT count(*) FROM published.reserved_name) FROM published.place_name_plan")


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


def test_every_published_view_looks_at_what_is_withheld_in_the_tables_it_reads(engine: Engine) -> None:
    with engine.connect() as connection:
        found = connection.execute(WITHHOLDING).all()
    assert len(found) > 40
    assert {(row.view, row.relname) for row in found if not row.looks} == BY_OTHER_VIEWS
    assert [row.view for row in found if not row.barrier] == []


def test_the_plan_of_a_unit_that_is_withheld_is_withheld_with_it(fresh_engine: Engine) -> None:
    with fresh_engine.begin() as connection:
        for classification, code in (("secret", "990198"), ("public", "990197")):
            decision = connection.execute(SECRET_PLAN, {"classification": classification, "code": code}).scalar_one()
            audit.append(connection, actor="test", action="note", decision_id=decision, details={})
    with fresh_engine.begin() as connection:
        set_role_reader(connection)
        assert [tuple(row) for row in connection.execute(PLANS)] == [("990197", 1)]
