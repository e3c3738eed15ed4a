"""Senders: their pace, their pools, and what stopped them.

Any sender of a lender's pool finds the lender for a reply. A number that may have changed hands is asked about in a task
of its own, and a reply says whether it was answered.
"""

from alembic import op

from forbear.ledger.securing import OF_LENDER, OF_TENANT, guard, policy, run

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SQL = """
    create table sender (
        id text not null, tenant text not null, lender text not null, address text not null, provider text not null,
        segments_per_second numeric(12, 4) not null, free_at timestamptz not null, line_at timestamptz not null,
        held_until timestamptz, held_code text, strikes integer not null default 0, created_at timestamptz not null,
        retired_at timestamptz,
        constraint pk_sender primary key (id),
        constraint uq_sender_address unique (address),
        constraint ck_sender_pace check (segments_per_second > 0)
    );
    create index ix_sender_lender on sender (lender);
    create table incident (
        id text not null, tenant text not null, lender text not null, provider text not null, kind text not null,
        template text not null default '', code text not null, touch text, task text, opened_at timestamptz not null,
        released_at timestamptz, released_by text,
        constraint pk_incident primary key (id),
        constraint fk_incident_touch foreign key (touch) references touch (id),
        constraint fk_incident_task foreign key (task) references task (id),
        constraint ck_incident_kind check (kind in ('template', 'route', 'call', 'unmapped'))
    );
    create unique index uq_incident_open on incident (lender, provider, code, template) where released_at is null;
    create index ix_incident_task on incident (task);
    alter table reply add column answered text;
    alter table task drop constraint ck_task_kind;
    alter table task add constraint ck_task_kind
        check (kind in ('call', 'visit', 'reply', 'unknown_touch', 'unmapped_code', 'route', 'number'));
    create or replace function sender_owner(sought text) returns table (tenant text, lender text)
        language sql stable security definer set search_path = public, pg_temp
        as $$
            select l.tenant, l.id from lender l where l.sender = sought
            union
            select s.tenant, s.lender from sender s where s.address = sought
            limit 1
        $$;
"""
ROLES = {"forbear_api": OF_LENDER, "forbear_worker": OF_TENANT, "forbear_staff": OF_TENANT}
RIGHTS = {
    "forbear_api": {
        "sender": "select, update (held_until, held_code, strikes)",
        "incident": "select, insert, update (task, released_at, released_by)",
        "reply": "update (answered)",
    },
    "forbear_worker": {
        "sender": "select, insert, update",
        "incident": "select, insert, update (task, released_at, released_by)",
        "reply": "update (needs_human, answered)",
        "stop": "update (lifted_at)",
    },
    "forbear_staff": {
        "sender": "select, insert, update",
        "incident": "select, insert, update (task, released_at, released_by)",
    },
}


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in ("sender", "incident"):
        guard(connection, table)
        for role, condition in ROLES.items():
            policy(connection, table, role, "all", condition)
    for role, tables in RIGHTS.items():
        for table, privileges in tables.items():
            run(connection, f"grant {privileges} on {table} to {role}")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
