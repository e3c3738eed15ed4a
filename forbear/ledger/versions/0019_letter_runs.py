"""Runs of letters: one kind of paper for many accounts, how far it is, and what became of each paper."""

from alembic import op

from forbear.ledger.securing import OF_TENANT, guard, policy, run

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SQL = """
    create table letter_run (
        id text not null, tenant text not null, lender text not null, kind text not null, day date not null,
        created_at timestamptz not null, hands_since timestamptz,
        constraint pk_letter_run primary key (id)
    );
    create index ix_letter_run_lender_created_at on letter_run (lender, created_at);
    create table letter_run_item (
        id text not null, tenant text not null, lender text not null, run text not null, number integer not null,
        account text not null, person text not null, state text not null, code text, until timestamptz, sha256 text,
        pages integer, touch text, changed_at timestamptz not null,
        constraint pk_letter_run_item primary key (id),
        constraint fk_letter_run_item_run foreign key (run) references letter_run (id),
        constraint fk_letter_run_item_account foreign key (account) references account (id),
        constraint fk_letter_run_item_person foreign key (person) references person (id),
        constraint fk_letter_run_item_touch foreign key (touch) references touch (id),
        constraint uq_letter_run_item_run_number unique (run, number),
        constraint uq_letter_run_item_run_account_person unique (run, account, person),
        constraint uq_letter_run_item_touch unique (touch),
        constraint ck_letter_run_item_state check (state in ('waiting', 'made', 'refused', 'held', 'handed')),
        constraint ck_letter_run_item_reason check ((state in ('refused', 'held')) = (code is not null))
    );
    create function letter_run_owner(sought text) returns text
        language sql stable security definer set search_path = public, pg_temp
        as $$ select r.tenant from letter_run r where r.id = sought $$;
    revoke all on function letter_run_owner(text) from public;
    grant execute on function letter_run_owner(text) to forbear_relay;
    grant select, insert, update (hands_since) on letter_run to forbear_worker;
    grant select, insert, update (state, code, until, sha256, pages, touch, changed_at) on letter_run_item
        to forbear_worker;
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in ("letter_run", "letter_run_item"):
        guard(connection, table)
        policy(connection, table, "forbear_worker", "all", OF_TENANT)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
