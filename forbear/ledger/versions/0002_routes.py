"""Routes: the country of a contact point, so that a text goes only where its route reaches.

Nothing is filled in here: values are sealed and the migrator has no key. A point from before stays null, which reads as
the country of the person's packs where they name one alone, and the worker writes the country down when it first
opens the number to send to it.
"""

from alembic import op

from forbear.ledger.securing import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, "alter table contact_point add column country text")
    run(connection, "grant update (country) on contact_point to forbear_worker")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
