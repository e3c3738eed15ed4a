"""Letters: what was printed for whom, and the proof of its service."""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
