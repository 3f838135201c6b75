-- What the public may ask about polygons without seeing one: which units hold a point, and where a
-- unit's name stands on a map. Outlines themselves need a map-approval number (30_published.sql).

-- The units whose polygons hold the position: names and codes come from it, never a boundary. In plpgsql, whose plans are
-- kept: an SQL function would be planned anew for every position.
CREATE OR REPLACE FUNCTION published.shapes_at(longitude double precision, latitude double precision)
RETURNS TABLE (unit_id uuid, level text, valid daterange, layer_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
DECLARE
    here constant public.geometry := public.ST_SetSRID(public.ST_Point(longitude, latitude), 4490);
BEGIN
    RETURN QUERY
    SELECT DISTINCT s.unit_id, s.level, s.valid, s.layer_id
    FROM diming.unit_shape_piece p
    JOIN diming.unit_shape s ON s.id = p.shape_id
    JOIN diming.unit u ON u.id = s.unit_id
    WHERE public.ST_Covers(p.geom, here)
      AND upper_inf(s.known) AND u.classification = 'public' AND NOT u.demonstration;
END $$;

-- One point of a unit: the label of its own polygon, else the point recorded for it.
CREATE OR REPLACE VIEW published.unit_position WITH (security_barrier) AS
SELECT s.unit_id, s.layer_id, s.label AS geom, 'polygon' AS basis, s.valid, u.demonstration
FROM diming.unit_shape s
JOIN diming.unit u ON u.id = s.unit_id AND u.classification = 'public'
WHERE upper_inf(s.known)
UNION ALL
SELECT p.unit_id, p.layer_id, p.geom, p.basis, NULL::daterange, u.demonstration
FROM diming.unit_point p
JOIN diming.unit u ON u.id = p.unit_id AND u.classification = 'public'
WHERE upper_inf(p.known);

CREATE OR REPLACE VIEW published.map_shape WITH (security_barrier) AS
SELECT m.level, m.tolerance, m.geom, s.id AS shape_id, s.unit_id, s.layer_id, s.label, s.valid
FROM diming.map_shape m
JOIN diming.unit_shape s ON s.id = m.shape_id AND upper_inf(s.known)
JOIN diming.unit u ON u.id = s.unit_id AND u.classification = 'public'
WHERE EXISTS (SELECT 1 FROM published.map_approval);

REVOKE ALL ON FUNCTION published.shapes_at(double precision, double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.shapes_at(double precision, double precision) TO diming_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA published TO diming_reader;
