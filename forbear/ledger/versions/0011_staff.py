"""Staff: accounts of those who work for a tenant, their sessions, and a lasting record of who did what.

Whoever signs in names no tenant; two functions tell from a digest whose it is. What the pages' own role may write is
no more than a signed-in person changes: it cannot add staff, give a role or move an e-mail address.
"""

from alembic import op

from forbear.ledger.securing import OF_TENANT, freeze, guard, policy, run

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SQL = """
    create table staff (
        id text not null, tenant text not null, email_digest bytea not null, email bytea not null, name bytea not null,
        roles text[] not null, language text not null, password_hash text, failures integer not null default 0,
        locked_until timestamptz, created_at timestamptz not null, disabled_at timestamptz,
        constraint pk_staff primary key (id),
        constraint uq_staff_email_digest unique (email_digest)
    );
    create table staff_session (
        id text not null, tenant text not null, staff text not null, digest bytea not null,
        opened_at timestamptz not null, seen_at timestamptz not null, expires_at timestamptz not null,
        ended_at timestamptz,
        constraint pk_staff_session primary key (id),
        constraint fk_staff_session_staff foreign key (staff) references staff (id),
        constraint uq_staff_session_digest unique (digest)
    );
    create index ix_staff_session_staff on staff_session (staff);
    create table staff_act (
        id text not null, tenant text not null, staff text not null, kind text not null, subject text not null,
        lender text, account text, person text, at timestamptz not null,
        constraint pk_staff_act primary key (id),
        constraint fk_staff_act_staff foreign key (staff) references staff (id),
        constraint ck_staff_act_kind check (kind <> '')
    );
    create index ix_staff_act_staff_at on staff_act (staff, at);
    create index ix_staff_act_subject on staff_act (subject);
    create function staff_owner(sought bytea) returns table (tenant text, id text)
        language sql stable security definer set search_path = public, pg_temp
        as $$ select s.tenant, s.id from staff s where s.email_digest = sought $$;
    create function staff_session_owner(sought bytea) returns table (tenant text, id text)
        language sql stable security definer set search_path = public, pg_temp
        as $$ select s.tenant, s.id from staff_session s where s.digest = sought $$;
    revoke all on function staff_owner(bytea), staff_session_owner(bytea) from public;
    grant execute on function staff_owner(bytea), staff_session_owner(bytea) to forbear_staff;
    grant select, update (language, password_hash, failures, locked_until) on staff to forbear_staff;
    grant select, insert, update (seen_at, ended_at) on staff_session to forbear_staff;
    grant select, insert on staff_act to forbear_staff;
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in ("staff", "staff_session", "staff_act"):
        guard(connection, table)
        policy(connection, table, "forbear_staff", "all", OF_TENANT)
    # The worker holds the acts against the audit chain.
    policy(connection, "staff_act", "forbear_worker", "select", OF_TENANT)
    run(connection, "grant select on staff_act to forbear_worker")
    freeze(connection, "staff_act")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
