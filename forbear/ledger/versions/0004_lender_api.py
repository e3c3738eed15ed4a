"""What the lender's own calls need beyond enrolment."""

from alembic import op

from forbear.ledger.securing import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, "select 1")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
