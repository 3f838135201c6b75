"""The SQL of the decision feed."""

from __future__ import annotations

from sqlalchemy import TextClause, text

#: Which of its three dates governs when a decision is told; each as far as it is known (`1986`).
DATES = {"effective": "effective_on", "approved": "approved_on", "announced": "announced_on"}

#: A date that is only known in part counts from its first day on, so that none falls between two days.
_PAGE = """
    SELECT d.id, d.kind, d.doc_no, d.title, d.authority, d.approved_on, d.announced_on, d.effective_on, d.basis,
           d.source, d.recorded_at, d.demonstration, d.{column} AS governing
    FROM published.decision d
    WHERE d.{column} IS NOT NULL AND d.demonstration = :demonstration
      AND (CAST(:since AS text) IS NULL OR d.{column} >= left(:since, length(d.{column})))
      AND (CAST(:until AS text) IS NULL OR d.{column} <= :until)
      AND (CAST(:after_day AS text) IS NULL
           OR (d.{column}, d.id) < (CAST(:after_day AS text), CAST(:after_id AS uuid)))
      -- read once, as a list: joined, the planner would read all links again for each decision
      AND d.id = ANY(ARRAY(SELECT DISTINCT l.decision_id FROM published.decision_link l
                           WHERE l.effect IN ('opened', 'closed') AND l.collection IN ('unit_versions', 'names')))
    ORDER BY d.{column} DESC, d.id DESC LIMIT :limit
"""
#: The names that decisions opened and closed: of units by their versions, of places by their names.
NAMES = text("""
    SELECT n.* FROM (
        SELECT l.decision_id, l.effect, 'units' AS collection, v.unit_id AS id, v.name, 'standard' AS kind, v.code,
               'ADMIN_DIVISION' AS class, r.roman
        FROM published.decision_link l JOIN published.unit_version v ON v.id = l.entity_id
        LEFT JOIN published.unit_roman r ON r.unit_id = v.unit_id AND r.name = v.name AND upper_inf(r.known)
        WHERE l.decision_id = ANY(:ids) AND l.collection = 'unit_versions' AND l.effect IN ('opened', 'closed')
        UNION ALL
        SELECT l.decision_id, l.effect, CASE WHEN q.id IS NULL THEN 'units' ELSE 'places' END,
               p.subject_id, p.text, p.kind, NULL,
               coalesce(q.class, 'ADMIN_DIVISION'), p.romanization
        FROM published.decision_link l JOIN published.place_name p ON p.id = l.entity_id
        LEFT JOIN published.place q ON q.id = p.subject_id AND upper_inf(q.known)
        WHERE l.decision_id = ANY(:ids) AND l.collection = 'names' AND l.effect IN ('opened', 'closed')
    ) n ORDER BY n.decision_id, n.code NULLS LAST, n.name, n.effect DESC, n.id
""")


def page_of(by: str) -> TextClause:
    """The statement of a page, ordered by one of `DATES`."""
    return text(_PAGE.format(column=DATES[by]))
