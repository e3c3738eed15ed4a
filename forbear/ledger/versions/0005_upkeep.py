"""What upkeep and rehydration need: ids of open accounts, the removal of spent rows, payments no webhook told of.

`open_accounts` answers with ids only, in pages. `purge_spent` is the one way in which an application role removes rows:
facts that were delivered, stored answers nobody asks for any more, page sessions that are over.
"""

from alembic import op

from forbear.ledger.securing import run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQL = """
    create index ix_outbox_delivered_at on outbox (delivered_at) where delivered_at is not null;
    create index ix_idempotency_at on idempotency (at);

    create function open_accounts(after text, many integer) returns table (tenant text, id text)
        language sql stable security definer set search_path = public, pg_temp
        as $$
            select a.tenant, a.id from account a where a.state = 'open' and a.id > after order by a.id limit many
        $$;

    create function purge_spent(before timestamptz, sessions_before timestamptz, many integer) returns integer
        language sql volatile security definer set search_path = public, pg_temp
        as $$
            with told as (
                delete from outbox where id in (select o.id from outbox o where o.delivered_at < before limit many)
                returning 1
            ),
            answered as (
                delete from idempotency where id in (select i.id from idempotency i where i.at < before limit many)
                returning 1
            ),
            visited as (
                delete from page_session
                where id in (select s.id from page_session s where s.expires_at < sessions_before limit many)
                returning 1
            )
            select ((select count(*) from told) + (select count(*) from answered) + (select count(*) from visited))::integer
        $$;

    revoke all on function open_accounts(text, integer) from public;
    revoke all on function purge_spent(timestamptz, timestamptz, integer) from public;
    grant execute on function open_accounts(text, integer) to forbear_relay, forbear_worker;
    grant execute on function purge_spent(timestamptz, timestamptz, integer) to forbear_worker;
    grant insert on payment, entry to forbear_worker;
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
