"""Visits: requests, officers, slots, check-ins, reports and evidence."""

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
