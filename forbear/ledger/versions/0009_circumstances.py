"""What a lender tells in the rules' own words: circumstances of a debt and of a person, and events of an account.

An event once told stays; a person's circumstances stand in the lender's own profile, so that no other lender meets them.
"""

from alembic import op

from forbear.ledger.securing import OF_LENDER, OF_TENANT, freeze, guard, policy, run

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = """
    alter table account add column circumstances text[] not null default '{}';
    alter table profile add column circumstances text[] not null default '{}';
    create table event (
        id text not null, tenant text not null, lender text not null, account text not null, kind text not null,
        at timestamptz not null, told_at timestamptz not null,
        constraint pk_event primary key (id),
        constraint fk_event_account foreign key (account) references account (id),
        constraint uq_event_account_kind_at unique (account, kind, at)
    );
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    guard(connection, "event")
    policy(connection, "event", "forbear_api", "all", OF_LENDER)
    policy(connection, "event", "forbear_worker", "select", OF_TENANT)
    run(connection, "grant select, insert on event to forbear_api; grant select on event to forbear_worker")
    freeze(connection, "event")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
