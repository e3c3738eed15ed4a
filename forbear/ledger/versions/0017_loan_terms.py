"""Loan terms: what an account grows by from a day on; and entries for what had grown when a balance was confirmed."""

from alembic import op

from forbear.ledger.securing import OF_LENDER, OF_TENANT, freeze, guard, policy, run

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SQL = """
    create table loan_terms (
        id text not null, tenant text not null, lender text not null, account text not null, number integer not null,
        since date not null, terms jsonb not null, recorded_at timestamptz not null,
        constraint pk_loan_terms primary key (id),
        constraint fk_loan_terms_account foreign key (account) references account (id),
        constraint uq_loan_terms_account_number unique (account, number)
    );
    alter table entry add column reckoned jsonb;
    alter table entry drop constraint ck_entry_kind;
    alter table entry add constraint ck_entry_kind
        check (kind in ('opening', 'interest', 'charge', 'adjustment', 'payment', 'reversal'));
    grant select, insert on loan_terms to forbear_api;
    grant select on loan_terms to forbear_worker, forbear_staff;
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    guard(connection, "loan_terms")
    policy(connection, "loan_terms", "forbear_api", "all", OF_LENDER)
    policy(connection, "loan_terms", "forbear_worker", "all", OF_TENANT)
    policy(connection, "loan_terms", "forbear_staff", "all", OF_TENANT)
    freeze(connection, "loan_terms")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
