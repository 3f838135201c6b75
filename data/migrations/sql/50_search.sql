-- The published places nearest to a position that stood on a day; what was invented is near to nothing real.
CREATE OR REPLACE FUNCTION published.places_nearest(
    longitude double precision, latitude double precision, on_date date, how_many int)
RETURNS TABLE (id uuid, class text, geom public.geometry)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
    SELECT p.id, p.class, p.geom
    FROM diming.place p
    WHERE p.classification = 'public' AND upper_inf(p.known) AND p.valid @> on_date
      AND NOT EXISTS (SELECT FROM diming.unannounced u WHERE u.decision_id = p.opened_by)
      AND NOT EXISTS (SELECT FROM diming.unit u WHERE u.demonstration AND u.id = p.unit_id)
    ORDER BY p.geom OPERATOR(public.<->) public.ST_SetSRID(public.ST_Point(longitude, latitude), 4490)
    LIMIT least(how_many, 100)
$$;
REVOKE ALL ON FUNCTION published.places_nearest(double precision, double precision, date, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.places_nearest(double precision, double precision, date, int) TO diming_reader;

-- The same with the name that each bears on the day, else the last it bore, and the distance on the sphere in metres. Of
-- its own, so that plans are kept: over the views every question would be planned anew. Without a day: the last known.
CREATE OR REPLACE FUNCTION published.named_places_nearest(
    longitude double precision, latitude double precision, on_date date, how_many int)
RETURNS TABLE (id uuid, class text, name text, x double precision, y double precision, distance_m double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_sort = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    -- few, and as lists: joined with them the planner would sort all places instead of walking the index of positions
    unannounced constant uuid[] := ARRAY(SELECT u.decision_id FROM diming.unannounced u);
    invented constant uuid[] := ARRAY(SELECT u.id FROM diming.unit u WHERE u.demonstration);
    governed constant boolean := diming.is_governed();
    here constant public.geometry := public.ST_SetSRID(public.ST_Point(longitude, latitude), 4490);
    day constant date := coalesce(on_date, (
        SELECT greatest(r.register_through, (SELECT g.through FROM published.gazetteer g)) FROM published.register r));
BEGIN
    RETURN QUERY
    SELECT p.id, p.class, n.text, public.ST_X(p.geom), public.ST_Y(p.geom), public.ST_DistanceSphere(p.geom, here)
    FROM (SELECT p.id, p.class, p.geom FROM diming.place p
          WHERE p.classification = 'public' AND upper_inf(p.known) AND p.valid @> (CASE WHEN governed THEN diming.day_of(p.id, day) ELSE day END)
            AND NOT p.opened_by = ANY(unannounced) AND coalesce(NOT p.unit_id = ANY(invented), true)
          ORDER BY p.geom OPERATOR(public.<->) here LIMIT least(how_many, 100)) p
    JOIN LATERAL (
        SELECT n.text FROM diming.place_name n
        LEFT JOIN diming.held_open h ON h.row_id = n.id
        WHERE n.subject_id = p.id AND n.kind IN ('standard', 'unverified') AND n.classification = 'public'
          AND (upper_inf(n.known) OR h.row_id IS NOT NULL)
          AND NOT EXISTS (SELECT FROM diming.unannounced u WHERE u.decision_id IN (n.opened_by, n.closed_by))
        ORDER BY n.valid @> (CASE WHEN governed THEN diming.day_of(p.id, day) ELSE day END) DESC, n.kind = 'standard' DESC, upper(n.valid) DESC NULLS FIRST, n.text LIMIT 1) n
      ON true
    ORDER BY 6, 1;
END $$;
REVOKE ALL ON FUNCTION published.named_places_nearest(double precision, double precision, date, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.named_places_nearest(double precision, double precision, date, int)
    TO diming_reader;
