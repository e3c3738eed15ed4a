"""Permits that can be given again: what was asked with each decision, and the rules and holidays it was answered with.

The rules belong to nobody, so every tenant's worker sees them all; a row once written stays. Of a permit, which names
what other lenders did, `permits_shown` tells a lender the verdict and which of its own touches were counted.
"""

from alembic import op

from forbear.ledger.securing import LENDER, TENANT, freeze, guard, policy, run

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = f"""
    alter table decision add column asked jsonb;
    create table rule_pack (
        jurisdiction text not null, version text not null, ruleset date, text text not null,
        first_seen_at timestamptz not null,
        constraint pk_rule_pack primary key (jurisdiction, version)
    );
    create table rule_calendar (
        digest text not null, name text not null, version text not null, told jsonb not null,
        first_seen_at timestamptz not null,
        constraint pk_rule_calendar primary key (digest)
    );
    create index ix_decision_tenant_at on decision (tenant, at);

    create function permits_shown(sought text[]) returns table (id text, verdict text, touches text[])
        language sql stable security definer set search_path = public, pg_temp
        as $$
            select d.id, d.permit->>'verdict', array(
                select t.id from touch t
                where t.tenant = d.tenant and t.lender = d.lender and t.id in (
                    select jsonb_array_elements_text(c->'refs')
                    from jsonb_array_elements(coalesce(d.permit->'counts', '[]')) c
                )
                order by t.claimed_at, t.id
            )
            from decision d
            where d.id = any(sought) and d.permit is not null and d.tenant = {TENANT} and d.lender = {LENDER}
        $$;
    revoke all on function permits_shown(text[]) from public;
    grant execute on function permits_shown(text[]) to forbear_api;
"""  # noqa: S608  TENANT and LENDER are our own expressions
TABLES = ("rule_pack", "rule_calendar")


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in TABLES:
        guard(connection, table)
        policy(connection, table, "forbear_worker", "select", "true")
        policy(connection, table, "forbear_worker", "insert", "true")
        run(connection, f"grant select, insert on {table} to forbear_worker")
        freeze(connection, table)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
