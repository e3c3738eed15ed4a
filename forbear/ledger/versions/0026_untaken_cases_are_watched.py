"""A case that nobody has taken up yet is watched too: its limitation runs whether or not somebody looks at it.

Which open cases have a workflow was told by their path, which a person gives them; it is told by their next time now,
which every case has that is ever to be looked at.
"""

from alembic import op

from forbear.ledger.securing import run

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SQL = """
    update legal_case set next_at = opened_at, next_rule = '', next_reason = 'the case was opened; its first decision is pending'
        where state = 'open' and path is null and next_at is null and kind <> 'blacklist_proposal';
    create or replace function tell_cases() returns trigger
        language plpgsql security definer set search_path = public, pg_temp
        as $$
        begin
            insert into outbox (tenant, account, legal_case, fact, at)
                select new.tenant, new.account, c.id, new.fact, new.at from legal_case c
                where c.account = new.account and c.state = 'open' and c.next_at is not null;
            return null;
        end
        $$;
    create or replace function open_cases(after text, many integer) returns table (tenant text, id text)
        language sql stable security definer set search_path = public, pg_temp
        as $$
            select c.tenant, c.id from legal_case c
            where c.state = 'open' and c.next_at is not null and c.id > after order by c.id limit many
        $$;
"""


def upgrade() -> None:
    run(op.get_bind(), SQL)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
