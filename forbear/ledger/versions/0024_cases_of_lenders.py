"""A lender opens a case for an account of its own, on the path of its place; staff and the cadence go on as before."""

from alembic import op

from forbear.ledger.securing import OF_LENDER, policy, run

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OPENING = f"{OF_LENDER} and state = 'open' and stage = '' and kind in ('suit', 'mediation') and assignee is null"
"""Nobody decides through the API how far a case is, or who sees to it."""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, "grant insert on legal_case to forbear_api")
    policy(connection, "legal_case", "forbear_api", "insert", OPENING)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
