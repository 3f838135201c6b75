"""Places in the order in which they are drawn: see `sql/53_places_shown.sql`."""

from __future__ import annotations

from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    """Add the index."""
    op.execute("CREATE INDEX place_rank ON diming.place (rank DESC, id)")
