"""Number plates: see the SQL file of the same name."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    """Run the SQL file beside this one."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
