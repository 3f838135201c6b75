-- Number plates as everybody sees them at the doors. They are closed, never overwritten.
CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.plate_version
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.plate_version
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.plate_version
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();

CREATE OR REPLACE VIEW published.plate_version WITH (security_barrier) AS
SELECT p.id, p.plate_id, p.place_id, p.number, p.sub, p.side, p.state, p.metres, p.geom, p.valid, p.known, p.opened_by,
       p.closed_by
FROM diming.plate_version p
WHERE p.classification = 'public'
  AND EXISTS (SELECT 1 FROM published.place q WHERE q.id = p.place_id)
  AND EXISTS (SELECT 1 FROM published.decision d WHERE d.id = p.opened_by);

GRANT SELECT ON published.plate_version TO diming_reader;

-- The nearest plate that stands on a day, within so many metres, of each of many positions, by its number from 1. Of its
-- own for the same reason as named_places_nearest: over the view every place was looked at for each position.
CREATE OR REPLACE FUNCTION published.plates_nearest(
    longitudes double precision[], latitudes double precision[], degrees double precision[], metres double precision,
    day date)
RETURNS TABLE (asked bigint, plate_id uuid, distance_m double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    unannounced constant uuid[] := ARRAY(SELECT u.decision_id FROM diming.unannounced u);
BEGIN
    RETURN QUERY
    SELECT q.number, x.plate_id, x.distance_m
    FROM unnest(longitudes, latitudes, degrees) WITH ORDINALITY q(lon, lat, degrees, number)
    CROSS JOIN LATERAL (
        SELECT p.plate_id, p.distance_m
        FROM (SELECT p.plate_id, p.place_id, p.opened_by, public.ST_Distance(p.geom::public.geography,
                     public.ST_SetSRID(public.ST_Point(q.lon, q.lat), 4490)::public.geography) AS distance_m
              FROM diming.plate_version p
              WHERE upper_inf(p.known) AND p.geom OPERATOR(public.&&)
                    public.ST_Expand(public.ST_SetSRID(public.ST_Point(q.lon, q.lat), 4490), q.degrees)
                    AND p.classification = 'public' AND p.state = 'standing' AND p.valid @> day
                    AND NOT p.opened_by = ANY(unannounced) OFFSET 0) p
        WHERE p.distance_m <= metres
              AND EXISTS (SELECT FROM diming.decision d WHERE d.id = p.opened_by AND d.classification = 'public')
              AND (SELECT q.id FROM published.place q WHERE q.id = p.place_id LIMIT 1) IS NOT NULL
        ORDER BY p.distance_m, p.plate_id LIMIT 1
    ) x;
END $$;
REVOKE ALL ON FUNCTION
    published.plates_nearest(double precision[], double precision[], double precision[], double precision, date)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    published.plates_nearest(double precision[], double precision[], double precision[], double precision, date)
    TO diming_reader;
