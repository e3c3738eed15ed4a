"""Staff: accounts of those who work for a tenant, and their sessions."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
