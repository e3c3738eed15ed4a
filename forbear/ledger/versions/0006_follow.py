"""What following texts to their end needs: those that were taken and of which no end is known, in the order they went.

They are few beside all that ever went, and they are looked through in each round of upkeep.
"""

from alembic import op

from forbear.ledger.securing import run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SQL = """
    create index ix_touch_sent on touch (tenant, claimed_at, id) where state = 'sent';
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
