"""The SQL of scanned sheets."""

from __future__ import annotations

from sqlalchemy import text

_COLUMNS = """id, line_id, title, sha256, bytes, file_name, media_type, width_px, height_px, corners, outline,
    residuals_m, metres_per_pixel, added_by, added_at"""
INSERT = text("""
    INSERT INTO diming.boundary_scan (id, line_id, title, sha256, bytes, file_name, media_type, width_px, height_px,
        corners, outline, residuals_m, metres_per_pixel, added_by)
    VALUES (:id, :line_id, :title, :sha256, :bytes, :file_name, :media_type, :width_px, :height_px,
        CAST(:corners AS jsonb), CAST(:outline AS jsonb), CAST(:residuals_m AS jsonb), :metres_per_pixel, :added_by)
""")
OF_LINE = text(f"""
    SELECT {_COLUMNS} FROM diming.boundary_scan WHERE line_id = :line AND removed_at IS NULL ORDER BY added_at, id
""")
FIND = text(f"SELECT {_COLUMNS} FROM diming.boundary_scan WHERE id = :id AND removed_at IS NULL")
REMOVE = text("""
    UPDATE diming.boundary_scan SET removed_by = :actor, removed_at = transaction_timestamp()
    WHERE id = :id AND removed_at IS NULL
""")
