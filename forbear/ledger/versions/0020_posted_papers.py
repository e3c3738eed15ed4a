"""Which letter told an event: what a paper that was posted tells of its account is no word of the lender's.

Upkeep learns of a posting too, when it asks what became of a letter.
"""

from alembic import op

from forbear.ledger.securing import OF_TENANT, policy, run

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SQL = """
    alter table event add column touch text;
    alter table event add constraint uq_event_touch_kind unique (touch, kind);
    grant insert on event to forbear_worker;
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    policy(connection, "event", "forbear_worker", "insert", OF_TENANT)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
