-- What maps draw: shapes simplified together, so that neighbours keep their common edge.
-- Derived from unit_shape and written again whole whenever a shape changes.
CREATE TABLE diming.map_shape (
    -- the map on which it is drawn; a unit that no lower unit fills is drawn on the lower maps too
    level text NOT NULL REFERENCES diming.unit_level,
    -- degrees by which the outline was simplified
    tolerance double precision NOT NULL,
    shape_id uuid NOT NULL REFERENCES diming.unit_shape,
    geom geometry(MultiPolygon, 4490) NOT NULL,
    PRIMARY KEY (level, tolerance, shape_id)
);
CREATE INDEX map_shape_geom ON diming.map_shape USING gist (geom);
CREATE INDEX unit_shape_layer ON diming.unit_shape (layer_id);
CREATE INDEX display_line_layer ON diming.display_line (layer_id);
