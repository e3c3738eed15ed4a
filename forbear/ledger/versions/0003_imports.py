"""Imports: files on their way into the ledger, and what became of each row."""

from alembic import op

from forbear.ledger.securing import run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, "select 1")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
