"""What the lender's own calls need beyond enrolment: ends of agreements, reasons of holds, withdrawn promises.

`decision.own` says whether a reason rests on the lender's own facts alone.
"""

from alembic import op

from forbear.ledger.securing import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQL = """
    alter table agreement add column ended_at timestamptz;
    alter table stop add column reason text;
    alter table decision add column own boolean;
    alter table promise drop constraint ck_promise_state;
    alter table promise add constraint ck_promise_state
        check (state in ('open', 'kept', 'broken', 'replaced', 'withdrawn'));
    create index ix_account_lender_enrolled_at_id on account (lender, enrolled_at, id);
    grant update (ended_at) on agreement to forbear_api;
    grant select (own) on decision to forbear_api;
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
