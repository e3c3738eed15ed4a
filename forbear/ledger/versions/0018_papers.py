"""Papers: what people approved of them, by the digest of the file, and what was told of an account for them."""

from alembic import op

from forbear.ledger.securing import OF_TENANT, freeze, guard, policy, run

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SQL = """
    create table paper_approval (
        id text not null, tenant text not null, staff text not null, role text not null, kind text not null,
        version integer not null, digest text not null, language text not null, sha256 text not null, account text,
        at timestamptz not null,
        constraint pk_paper_approval primary key (id),
        constraint fk_paper_approval_staff foreign key (staff) references staff (id),
        constraint fk_paper_approval_account foreign key (account) references account (id),
        constraint ck_paper_approval_role check (role in ('operator', 'supervisor', 'lawyer')),
        constraint ck_paper_approval_lawyer check (account is not null or role <> 'lawyer')
    );
    create index ix_paper_approval_tenant_kind on paper_approval (tenant, kind);
    create index ix_paper_approval_account on paper_approval (account);
    create table paper_fields (
        id text not null, tenant text not null, lender text not null, account text not null, kind text not null,
        told bytea not null, told_at timestamptz not null,
        constraint pk_paper_fields primary key (id),
        constraint fk_paper_fields_account foreign key (account) references account (id)
    );
    create index ix_paper_fields_account on paper_fields (account);
    grant select on paper_approval, paper_fields to forbear_worker;
    grant select, insert on paper_approval to forbear_staff;
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in ("paper_approval", "paper_fields"):
        guard(connection, table)
        policy(connection, table, "forbear_worker", "all", OF_TENANT)
        freeze(connection, table)
    policy(connection, "paper_approval", "forbear_staff", "all", OF_TENANT)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
