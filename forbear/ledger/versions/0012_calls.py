"""Calls: each once, and each step of its menu as it was taken.

The hooks of calls run as the role of those who work for a tenant: a call that connects is looked at over all lenders.
"""

from alembic import op

from forbear.ledger.securing import OF_LENDER, OF_TENANT, freeze, guard, policy, run

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQL = """
    create table call (
        id text not null, tenant text not null, lender text not null, touch text, direction text not null,
        provider_id text not null, account text, person text, contact_point text, address_key bytea not null,
        script text not null, language text not null, disclosures text[] not null, answered_by text,
        reached text not null, began_at timestamptz not null,
        constraint pk_call primary key (id),
        constraint fk_call_touch foreign key (touch) references touch (id),
        constraint fk_call_account foreign key (account) references account (id),
        constraint fk_call_person foreign key (person) references person (id),
        constraint fk_call_contact_point foreign key (contact_point) references contact_point (id),
        constraint uq_call_provider_id unique (provider_id),
        constraint ck_call_direction check (direction in ('outbound', 'inbound')),
        constraint ck_call_reached
            check (reached in ('nobody', 'silent', 'message', 'greeted', 'wrong_party', 'verified'))
    );
    create index ix_call_touch on call (touch);
    create index ix_call_account on call (account);
    create index ix_call_person_began_at on call (person, began_at);
    create table call_step (
        id text not null, tenant text not null, lender text not null, call text not null, number integer not null,
        heard text not null, did text[] not null, standing jsonb not null, answer bytea, at timestamptz not null,
        constraint pk_call_step primary key (id),
        constraint fk_call_step_call foreign key (call) references call (id),
        constraint uq_call_step_call_number unique (call, number)
    );
    create function call_owner(sought text) returns table (tenant text, lender text)
        language sql stable security definer set search_path = public, pg_temp
        as $$ select c.tenant, c.lender from call c where c.id = sought $$;
    revoke all on function call_owner(text) from public;
    grant execute on function call_owner(text) to forbear_api;
    grant select, insert, update (answered_by, reached) on call to forbear_staff;
    grant select, insert on call_step to forbear_staff;
    grant insert on past_contact to forbear_staff;
    grant select on call, call_step to forbear_api, forbear_worker;
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in ("call", "call_step"):
        guard(connection, table)
        policy(connection, table, "forbear_staff", "all", OF_TENANT)
        policy(connection, table, "forbear_api", "select", OF_LENDER)
        policy(connection, table, "forbear_worker", "select", OF_TENANT)
    freeze(connection, "call_step")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
