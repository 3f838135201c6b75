-- Names as they are compared, and built-up areas, as the public may ask about them.
CREATE OR REPLACE VIEW published.name_key WITH (security_barrier) AS
SELECT id, subject_id, collection, class, type_code, level, code, unit_id, name, kind, valid, whole, specific,
       generic, toned, toneless, specific_toned, specific_toneless, doubtful
FROM diming.name_key
WHERE classification = 'public';

-- Areas by name, without their outlines.
CREATE OR REPLACE VIEW published.built_up_area WITH (security_barrier) AS
SELECT id, code, name, layer_id, valid, known FROM diming.built_up_area;

-- The built-up areas that a geometry (GeoJSON, longitude and latitude) touches on a day.
CREATE OR REPLACE FUNCTION published.built_up_touched(shape text, on_date date)
RETURNS TABLE (id uuid, code text, name text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
    SELECT a.id, a.code, a.name
    FROM diming.built_up_area a
    WHERE upper_inf(a.known) AND a.valid @> on_date
      AND public.ST_Intersects(a.geom, public.ST_SetSRID(public.ST_GeomFromGeoJSON(shape), 4490))
    ORDER BY a.code
$$;

-- Which of some places lie in one of some built-up areas.
CREATE OR REPLACE FUNCTION published.places_in_built_up(places uuid[], areas uuid[])
RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
    SELECT p.id FROM diming.place p
    WHERE p.id = ANY(places) AND p.classification = 'public' AND upper_inf(p.known)
      AND EXISTS (SELECT FROM diming.built_up_area a
                  WHERE a.id = ANY(areas) AND public.ST_Covers(a.geom, p.geom))
$$;

-- Whether any standing place of a class lies in some built-up areas: whether there is anything to compare with.
CREATE OR REPLACE FUNCTION published.built_up_holds(place_class text, areas uuid[], on_date date)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (
        SELECT FROM diming.built_up_area a
        JOIN diming.place p ON public.ST_Covers(a.geom, p.geom)
        WHERE a.id = ANY(areas) AND p.class = place_class AND p.classification = 'public'
          AND upper_inf(p.known) AND p.valid @> on_date)
$$;

-- The middle of a built-up area: from where east and west are told.
CREATE OR REPLACE FUNCTION published.built_up_middle(area uuid)
RETURNS TABLE (longitude double precision, latitude double precision)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
    SELECT public.ST_X(public.ST_Centroid(a.geom)), public.ST_Y(public.ST_Centroid(a.geom))
    FROM diming.built_up_area a WHERE a.id = area
$$;

REVOKE ALL ON FUNCTION published.built_up_touched(text, date) FROM PUBLIC;
REVOKE ALL ON FUNCTION published.places_in_built_up(uuid[], uuid[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION published.built_up_holds(text, uuid[], date) FROM PUBLIC;
REVOKE ALL ON FUNCTION published.built_up_middle(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.built_up_touched(text, date) TO diming_reader;
GRANT EXECUTE ON FUNCTION published.places_in_built_up(uuid[], uuid[]) TO diming_reader;
GRANT EXECUTE ON FUNCTION published.built_up_holds(text, uuid[], date) TO diming_reader;
GRANT EXECUTE ON FUNCTION published.built_up_middle(uuid) TO diming_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA published TO diming_reader;

CREATE OR REPLACE TRIGGER only_end_known BEFORE UPDATE ON diming.built_up_area
    FOR EACH ROW EXECUTE FUNCTION diming.only_end_known();
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON diming.built_up_area
    FOR EACH ROW EXECUTE FUNCTION diming.refuse_change();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON diming.built_up_area
    FOR EACH STATEMENT EXECUTE FUNCTION diming.refuse_change();
