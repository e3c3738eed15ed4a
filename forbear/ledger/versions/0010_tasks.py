"""Tasks for people, the people who do them, and what became of calls, letters and visits.

A role of its own serves those who work for a tenant: they see all its lenders, as the worker does, and write only what a
person at a desk or at a door has to. A task holds ids, codes and one sentence without anything personal.
"""

from alembic import op

from forbear.ledger.securing import OF_LENDER, OF_TENANT, TENANT, guard, policy, run

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = """
    alter table touch add column result text, add column task text;
    create table task (
        id text not null, tenant text not null, lender text not null, account text, person text, contact_point text,
        kind text not null, role text not null, step text, template text, language text, state text not null,
        reason text not null, priority integer not null, assignee text, opened_at timestamptz not null,
        due_at timestamptz, expires_at timestamptz, taken_at timestamptz, closed_at timestamptz, outcome text,
        cause text, touch text, reply text, version integer not null default 0,
        constraint pk_task primary key (id),
        constraint fk_task_account foreign key (account) references account (id),
        constraint fk_task_person foreign key (person) references person (id),
        constraint fk_task_contact_point foreign key (contact_point) references contact_point (id),
        constraint ck_task_kind check (kind in ('call', 'visit', 'reply', 'unknown_touch', 'unmapped_code', 'route')),
        constraint ck_task_state check (state in ('open', 'taken', 'done', 'declined', 'expired', 'withdrawn'))
    );
    create unique index uq_task_open_step on task (account, step, person) where state in ('open', 'taken') and step is not null;
    create unique index uq_task_reply on task (reply) where reply is not null;
    create unique index uq_task_touch on task (touch, kind) where touch is not null;
    create index ix_task_account on task (account);
    create index ix_task_open on task (tenant, role, due_at) where state in ('open', 'taken');
"""
STAFF: dict[str, str] = {
    "tenant": "select",
    "lender": "select",
    "person": "select, update (created_at)",
    "person_match": "select",
    "person_key": "select, insert",
    "profile": "select",
    "contact_point": "select, insert, update (state, zone, zone_evidence)",
    "consent": "select, insert, update (revoked_at)",
    "agreement": "select, insert",
    "account": "select, update",
    "party": "select",
    "entry": "select",
    "payment": "select",
    "promise": "select, insert, update",
    "stop": "select, insert, update (until, lifted_at)",
    "legal_case": "select",
    "decision": "select, insert",
    "touch": "select, insert, update",
    "receipt": "select, insert",
    "link": "select, insert, update (expires_at, revoked_at)",
    "reply": "select, insert, update (needs_human)",
    "suppression": "select, insert, update (lifted_at)",
    "past_contact": "select",
    "event": "select",
    "outbox": "select, insert",
    "audit_row": "select, insert",
    "task": "select, insert, update",
}
FUNCTIONS = ("tenants()", "persons_sharing(text[])", "persons_at(bytea)", "tell_accounts_of(text[], text, timestamptz)")


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    guard(connection, "task")
    policy(connection, "task", "forbear_api", "all", OF_LENDER)
    policy(connection, "task", "forbear_worker", "all", OF_TENANT)
    run(connection, "grant select, insert, update on task to forbear_api, forbear_worker")
    run(connection, "grant update (result) on touch to forbear_api")
    for table, privileges in STAFF.items():
        policy(connection, table, "forbear_staff", "all", f"id = {TENANT}" if table == "tenant" else OF_TENANT)
        run(connection, f"grant {privileges} on {table} to forbear_staff")
    for table in ("rule_pack", "rule_calendar"):
        policy(connection, table, "forbear_staff", "select", "true")
        policy(connection, table, "forbear_staff", "insert", "true")
        run(connection, f"grant select, insert on {table} to forbear_staff")
    for function in FUNCTIONS:
        run(connection, f"grant execute on function {function} to forbear_staff")
    run(connection, "grant select on alembic_version, clock to forbear_staff")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
