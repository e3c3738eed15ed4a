"""Calls: each step of a call's menu as it was taken."""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
