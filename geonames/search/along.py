"""Named natural features and settlements within a box: what the course description of a boundary line passes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

#: More than any line passes; a box that holds more is that of a national line, whose legs are told without the rest.
MOST = 20_000
#: What a description names: nature (Art. 3 (1)), and villages and settlements.
CLASSES = ("NATURAL", "VILLAGE_COMMUNITY", "OTHER")
WITHIN = text("""
    SELECT n.text AS name, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
    FROM published.place p
    JOIN LATERAL (SELECT text FROM published.place_name n
                  WHERE n.subject_id = p.id AND n.kind = 'standard' AND upper_inf(n.known)
                    AND n.valid @> CAST(:on AS date) ORDER BY n.id LIMIT 1) n ON true
    WHERE upper_inf(p.known) AND p.valid @> CAST(:on AS date) AND p.class = ANY(:classes)
      AND ST_GeometryType(p.geom) = 'ST_Point'
      AND p.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
    ORDER BY n.text, p.id LIMIT :most
""")


def features_within(
    connection: Connection, box: tuple[float, float, float, float], on: date
) -> list[tuple[str, float, float]]:
    """Standard name, longitude and latitude of the features in a box (west, south, east, north) on a day."""
    west, south, east, north = box
    asked = {"west": west, "south": south, "east": east, "north": north, "on": on, "classes": list(CLASSES)}
    rows = connection.execute(WITHIN, {**asked, "most": MOST})
    return [(row.name, row.lon, row.lat) for row in rows]
