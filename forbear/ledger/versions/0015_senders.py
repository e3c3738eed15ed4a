"""Senders: their pace, their pools, and what stopped them."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
