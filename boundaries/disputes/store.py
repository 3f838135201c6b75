"""The SQL of disputes, named and commented."""

from __future__ import annotations

from sqlalchemy import text

INSERT = text("""
    INSERT INTO diming.dispute (case_id, route, line_id, inspection_id, above_id)
    VALUES (:case, :route, :line, :inspection, :above)
""")
OF_CASE = text("SELECT case_id, route, line_id, inspection_id, above_id FROM diming.dispute WHERE case_id = :id")
#: The disputes of a page, for the list; who may see each is asked of its case.
LIST = text("""
    SELECT d.case_id, d.route, d.line_id, f.closed_at FROM diming.dispute d
    JOIN diming.case_file f ON f.id = d.case_id
    WHERE (CAST(:line AS uuid) IS NULL OR d.line_id = :line)
      AND (CAST(:route AS text) IS NULL OR d.route = :route)
      AND (CAST(:open AS boolean) IS NOT TRUE OR f.closed_at IS NULL)
      AND (CAST(:after AS uuid) IS NULL OR d.case_id < :after)
    ORDER BY d.case_id DESC LIMIT :limit
""")
INSERT_COURSE = text("""
    INSERT INTO diming.dispute_course (id, case_id, version, sha256, note, at, by_id)
    VALUES (:id, :case, :version, :sha256, :note, :at, :by)
""")
INSERT_PART = text("""
    INSERT INTO diming.dispute_course_part (course_id, segment_id, before_id, geom)
    VALUES (:course, :segment, :before, CAST(:geom AS geometry))
""")
LATEST_COURSE = text("""
    SELECT id, version, encode(sha256, 'hex') AS sha256, note, at FROM diming.dispute_course
    WHERE case_id = :case ORDER BY version DESC LIMIT 1
""")
COURSES = text("""
    SELECT c.id, c.version, encode(c.sha256, 'hex') AS sha256, c.note, c.at, c.by_id,
           ST_AsGeoJSON(ST_Collect(p.geom), 8)::jsonb AS geometry
    FROM diming.dispute_course c JOIN diming.dispute_course_part p ON p.course_id = c.id
    WHERE c.case_id = :case GROUP BY c.id ORDER BY c.version DESC
""")
PARTS = text("""
    SELECT segment_id, before_id, ST_AsBinary(geom) AS geometry FROM diming.dispute_course_part
    WHERE course_id = :course ORDER BY segment_id
""")
#: The present versions of segments of a line.
PRESENT = text("""
    SELECT s.id, s.segment_id, ST_AsBinary(s.geom) AS geometry FROM diming.boundary_segment_version s
    JOIN diming.boundary_line_run r ON r.segment_id = s.segment_id AND r.line_id = :line AND upper_inf(r.known)
     AND upper_inf(r.valid)
    WHERE upper_inf(s.known) AND upper_inf(s.valid) AND s.segment_id = ANY(:segments)
""")
#: Every segment of a line as it stands now.
COURSE_OF_LINE = text("""
    SELECT s.segment_id, ST_AsBinary(s.geom) AS geometry FROM diming.boundary_segment_version s
    JOIN diming.boundary_line_run r ON r.segment_id = s.segment_id AND r.line_id = :line AND upper_inf(r.known)
     AND upper_inf(r.valid)
    WHERE upper_inf(s.known) AND upper_inf(s.valid) ORDER BY s.segment_id
""")
#: The approval of a division change in the register.
APPROVAL = text("""
    SELECT id, doc_no, title FROM diming.decision WHERE doc_no = :doc_no AND kind IN ('approval', 'law') LIMIT 1
""")
LINK = text("""
    INSERT INTO diming.case_link (from_case, to_case, relation) VALUES (:from, :to, :relation) ON CONFLICT DO NOTHING
""")
SIDE_FILE = text("""
    SELECT f.id FROM diming.case_link l JOIN diming.case_file f ON f.id = l.from_case
    WHERE l.to_case = :dispute AND l.relation = 'side_file' AND f.facts ->> 'side' = :side
""")
UNIT = text("""
    SELECT unit_id FROM diming.unit_version WHERE code = :code AND upper_inf(known) AND valid @> CAST(:on AS date)
""")
#: The inspection that found something, with the parties of its case.
INSPECTED = text("""
    SELECT i.line_id, f.facts FROM diming.inspection i LEFT JOIN diming.case_file f ON f.id = i.case_id WHERE i.id = :id
""")
USERNAMES = text("SELECT id, username FROM diming.account WHERE id = ANY(:ids) AND disabled_at IS NULL ORDER BY id")
