"""Zones: what a contact point itself says of where its person is, beside the zone that the lender told.

A point from before has no clues until its lender tells of it again; the zone it was told with still holds.
"""

from alembic import op

from forbear.ledger.securing import run

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(op.get_bind(), "alter table contact_point add column clues jsonb not null default '[]'")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
