-- The collection `places` (geonames/features) as it stands on a day: what pages of features and tiles show. Each function is
-- there twice: by the dates of effect, and by the date that the transaction says (`_governed`, 25_governing.sql). The same as the collection's own statement over the published views, but first the rows are chosen, then named: over
-- the views, which are barriers, names and units are looked up through all their conditions for each column, and a low zoom
-- sorts every place in it. tests/integration/gazetteer/test_places_shown.py holds the two against each other.

-- About how many places lie in a box, by the planner's statistics.
-- (EXPLAIN is refused in a function that promises to change nothing; it changes nothing.)
CREATE OR REPLACE FUNCTION diming.places_expected(box public.geometry) RETURNS double precision
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM diming.place p WHERE p.geom OPERATOR(public.&&) %L::public.geometry', box)
    INTO plan;
    RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
REVOKE ALL ON FUNCTION diming.places_expected(public.geometry) FROM PUBLIC;

-- Whether an order is walked until there are enough rows in the box, or the box is read and sorted. Walking meets
-- `enough` rows of a box after all / in the box times as many; reading meets each of the box once.
CREATE OR REPLACE FUNCTION diming.is_walked(box public.geometry, enough int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
    expected constant double precision := diming.places_expected(box);
BEGIN
    RETURN expected * expected > enough * (SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'diming.place'::regclass);
END $$;
REVOKE ALL ON FUNCTION diming.is_walked(public.geometry, int) FROM PUBLIC;

-- Spherical Mercator (EPSG:3857) of longitude and latitude, as PROJ computes it from EPSG:4490: the ellipsoids differ by a
-- tenth of a millimetre and no datum shift is made between them. Written out, because it is asked of each point of a tile.
CREATE OR REPLACE FUNCTION diming.mercator_of(geom public.geometry) RETURNS public.geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT public.ST_SetSRID(public.ST_Point(
        public.ST_X(geom) * 111319.490793273573, ln(tan(pi() / 4 + radians(public.ST_Y(geom)) / 2)) * 6378137), 3857)
$$;

-- Codes and names on the day of the units asked for, as published.unit_version gives them.
CREATE OR REPLACE FUNCTION diming.units_named(units uuid[], on_date date)
RETURNS TABLE (unit_id uuid, unit_code text, unit_name text)
LANGUAGE plpgsql STABLE ROWS 300 SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT i.id, v.code, v.name FROM unnest(units) i (id) JOIN LATERAL (
        SELECT v.code, v.name FROM diming.unit_version v JOIN diming.unit o ON o.id = v.unit_id
        WHERE v.unit_id = i.id AND upper_inf(v.known) AND v.valid @> on_date
          AND v.classification = 'public' AND o.classification = 'public' LIMIT 1) v ON true;
END $$;
REVOKE ALL ON FUNCTION diming.units_named(uuid[], date) FROM PUBLIC;

-- The same by the date that governs: for each unit the day by effect on which it is in that state.
CREATE OR REPLACE FUNCTION diming.units_named_governed(units uuid[], on_date date)
RETURNS TABLE (unit_id uuid, unit_code text, unit_name text)
LANGUAGE plpgsql STABLE ROWS 300 SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT i.id, v.code, v.name FROM (
        SELECT u.id, diming.day_of(u.id, on_date) AS day FROM unnest(units) u (id) OFFSET 0) i JOIN LATERAL (
        SELECT v.code, v.name FROM diming.unit_version v JOIN diming.unit o ON o.id = v.unit_id
        WHERE v.unit_id = i.id AND upper_inf(v.known) AND v.valid @> i.day
          AND v.classification = 'public' AND o.classification = 'public' LIMIT 1) v ON true;
END $$;
REVOKE ALL ON FUNCTION diming.units_named_governed(uuid[], date) FROM PUBLIC;

DO $make$
DECLARE
    -- where the public's rows of place `p` are read, as published.place and the collection's own condition say it
    lists constant text := $f$
        unannounced constant uuid[] := ARRAY(SELECT u.decision_id FROM diming.unannounced u);
        invented constant uuid[] := ARRAY(SELECT u.id FROM diming.unit u WHERE u.demonstration AND u.classification = 'public');
    $f$;
    shown constant text := $f$
        p.classification = 'public' AND upper_inf(p.known) AND %s @> on_date
        AND NOT p.opened_by = ANY(unannounced) AND coalesce(NOT p.unit_id = ANY(invented), true)
    $f$;
    -- within the box, without the index of positions: rows come in the order of another
    within constant text := $f$
        public.ST_X(p.geom) BETWEEN public.ST_XMin(here) AND public.ST_XMax(here)
        AND public.ST_Y(p.geom) BETWEEN public.ST_YMin(here) AND public.ST_YMax(here)
    $f$;
    -- the name of the chosen `c` by what published.place_name gives
    named constant text := $f$
        LEFT JOIN (
            SELECT DISTINCT ON (n.subject_id) n.subject_id, n.text AS name, n.romanization
            FROM chosen c JOIN diming.place_name n ON n.subject_id = c.id
            WHERE n.kind IN ('standard', 'unverified') AND n.classification = 'public' AND %s @> on_date
              AND (upper_inf(n.known) OR EXISTS (SELECT FROM diming.held_open h WHERE h.row_id = n.id))
              AND NOT n.opened_by = ANY(unannounced) AND coalesce(NOT n.closed_by = ANY(unannounced), true)
            ORDER BY n.subject_id, n.kind = 'standard' DESC, n.text) n ON n.subject_id = c.id
        LEFT JOIN %s(ARRAY(SELECT DISTINCT unit_id FROM chosen), on_date) u ON u.unit_id = c.unit_id
    $f$;
    settings constant text := $f$
        SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
        SET max_parallel_workers_per_gather = 0 SET jit = off
    $f$;
    choosing constant text[] := ARRAY[['rank', 'p.rank DESC, p.id'], ['id', 'p.id']];
    -- By the date that governs only what has a bound is looked at: nothing else can stand otherwise.
    ways constant text[] := ARRAY[
        ['places', 'p.valid', 'n.valid', 'diming.units_named'],
        ['places_governed',
         'CASE WHEN lower_inf(p.valid) AND upper_inf(p.valid) THEN p.valid ELSE diming.governed_valid(p.id, p.valid) END',
         'CASE WHEN n.kind <> ''standard'' OR lower_inf(n.valid) AND upper_inf(n.valid) THEN n.valid
               ELSE diming.governed_valid(n.subject_id, n.valid) END',
         'diming.units_named_governed']];
    way text[];
    how text[];
    standing text;
    naming text;
BEGIN
  FOREACH way SLICE 1 IN ARRAY ways LOOP
    standing := format(shown, way[2]);
    naming := format(named, way[3], way[4]);
    -- The first `how_many` places of a box by rank or by identifier, of which those up to `after` are passed over.
    FOREACH how SLICE 1 IN ARRAY choosing LOOP
        EXECUTE format($choose$
            CREATE OR REPLACE FUNCTION diming.%7$s_by_%1$s(here public.geometry, on_date date, after uuid, how_many int)
            RETURNS SETOF diming.place LANGUAGE plpgsql VOLATILE ROWS 3000 %2$s SET enable_sort = off AS $body$
            DECLARE
                %3$s
                first constant uuid := coalesce(after, '00000000-0000-0000-0000-000000000000');
            BEGIN
                IF here IS NULL THEN
                    RETURN QUERY SELECT p.* FROM diming.place p
                        WHERE p.id > first AND %4$s ORDER BY %6$s LIMIT how_many;
                ELSIF diming.is_walked(here, how_many) THEN
                    RETURN QUERY SELECT p.* FROM diming.place p
                        WHERE p.id > first AND %5$s AND %4$s ORDER BY %6$s LIMIT how_many;
                ELSE
                    RETURN QUERY SELECT p.* FROM (
                        SELECT * FROM diming.place p
                        WHERE p.geom OPERATOR(public.&&) here AND %5$s AND p.id > first AND %4$s OFFSET 0) p
                    ORDER BY %6$s LIMIT how_many;
                END IF;
            END $body$;
            REVOKE ALL ON FUNCTION diming.%7$s_by_%1$s(public.geometry, date, uuid, int) FROM PUBLIC;
        $choose$, how[1], settings, lists, standing, within, how[2], way[1]);
    END LOOP;
    EXECUTE format($draw$
        CREATE OR REPLACE FUNCTION published.%5$s_drawn(z int, x int, y int, on_date date, how_many int)
        RETURNS bytea LANGUAGE plpgsql VOLATILE SECURITY DEFINER %1$s AS $body$
        #variable_conflict use_column
        DECLARE
            %2$s
            frame constant public.geometry := public.ST_TileEnvelope(z, x, y);
            here constant public.geometry := public.ST_Transform(public.ST_TileEnvelope(z, x, y, margin => 0.016), 4490);
        BEGIN
            RETURN (
                WITH chosen AS MATERIALIZED (
                    SELECT p.*, %4$s AS stands FROM diming.%5$s_by_rank(here, on_date, NULL, how_many) p)
                SELECT public.ST_AsMVT(drawn, 'places', 4096, 'geom') FROM (
                    SELECT c.id::text AS id, n.name, n.romanization, c.class, c.type_code, u.unit_code, u.unit_name,
                           lower(c.stands)::text AS valid_from, upper(c.stands)::text AS valid_to,
                           public.ST_AsMVTGeom(diming.mercator_of(c.geom), frame, 4096, 64, true) AS geom
                    FROM chosen c %3$s) drawn);
        END $body$;
        REVOKE ALL ON FUNCTION published.%5$s_drawn(int, int, int, date, int) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION published.%5$s_drawn(int, int, int, date, int) TO diming_reader;
    $draw$, settings, lists, naming, way[2], way[1]);
    EXECUTE format($page$
        CREATE OR REPLACE FUNCTION published.%5$s_shown(here public.geometry, on_date date, after uuid, how_many int)
        RETURNS TABLE (id uuid, name text, romanization text, class text, type_code text, unit_code text, unit_name text,
                       valid_from text, valid_to text, geometry json)
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER %1$s AS $body$
        #variable_conflict use_column
        DECLARE
            %2$s
        BEGIN
            RETURN QUERY
            WITH chosen AS MATERIALIZED (
                SELECT p.*, %4$s AS stands FROM diming.%5$s_by_id(here, on_date, after, how_many) p)
            SELECT c.id, n.name, n.romanization, c.class, c.type_code, u.unit_code, u.unit_name,
                   lower(c.stands)::text, upper(c.stands)::text, public.ST_AsGeoJSON(c.geom, 9, 0)::json
            FROM chosen c %3$s ORDER BY c.id;
        END $body$;
        REVOKE ALL ON FUNCTION published.%5$s_shown(public.geometry, date, uuid, int) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION published.%5$s_shown(public.geometry, date, uuid, int) TO diming_reader;
    $page$, settings, lists, naming, way[2], way[1]);
    EXECUTE format($count$
        CREATE OR REPLACE FUNCTION published.%5$s_counted(here public.geometry, on_date date, most int)
        RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER %1$s AS $body$
        DECLARE
            %2$s
        BEGIN
            IF here IS NULL THEN
                RETURN (SELECT count(*) FROM (SELECT FROM diming.place p WHERE %3$s LIMIT most) counted);
            END IF;
            RETURN (SELECT count(*) FROM (
                SELECT FROM diming.place p WHERE p.geom OPERATOR(public.&&) here AND %4$s AND %3$s LIMIT most) counted);
        END $body$;
        REVOKE ALL ON FUNCTION published.%5$s_counted(public.geometry, date, int) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION published.%5$s_counted(public.geometry, date, int) TO diming_reader;
    $count$, settings, lists, standing, within, way[1]);
  END LOOP;
END $make$;
