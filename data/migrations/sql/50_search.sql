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
