"""Webhooks: a lender's addresses, and news of its cases written by the database itself, so that no writer forgets one.

A trigger on each table of a case writes a message for every address that wants that kind. Bodies hold ids and words.
"""

from alembic import op

from forbear.ledger.securing import OF_LENDER, OF_TENANT, guard, policy, run

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SQL = """
    create table webhook (
        id text not null, tenant text not null, lender text not null, address bytea not null, secret bytea not null,
        events text[] not null, created_at timestamptz not null, disabled_at timestamptz,
        constraint pk_webhook primary key (id)
    );
    create table webhook_message (
        id text not null, tenant text not null, lender text not null, webhook text not null, kind text not null,
        body jsonb not null, at timestamptz not null, tries integer not null default 0, next_at timestamptz,
        status integer, told_at timestamptz, given_up_at timestamptz,
        constraint pk_webhook_message primary key (id),
        constraint fk_webhook_message_webhook foreign key (webhook) references webhook (id),
        constraint ck_webhook_message_over check (told_at is null or given_up_at is null)
    );
    create index ix_webhook_message_webhook_at on webhook_message (webhook, at);
    create index ix_webhook_message_waiting on webhook_message (next_at)
        where told_at is null and given_up_at is null;

    create function tell_webhooks(told_tenant text, told_lender text, told_kind text, told_body jsonb, told_at timestamptz)
        returns void
        language sql volatile security definer set search_path = public, pg_temp
        as $$
            insert into webhook_message (id, tenant, lender, webhook, kind, body, at)
            select 'whm_' || replace(gen_random_uuid()::text, '-', ''), w.tenant, w.lender, w.id, told_kind, told_body, told_at
            from webhook w
            where w.tenant = told_tenant and w.lender = told_lender and w.disabled_at is null
                and told_kind = any(w.events)
        $$;
    create function tell_of_case() returns trigger
        language plpgsql security definer set search_path = public, pg_temp
        as $$
        declare body jsonb := jsonb_build_object('case', new.id, 'account', new.account, 'matter', new.kind,
            'stage', new.stage, 'state', new.state, 'outcome', new.outcome);
        begin
            if tg_op = 'INSERT' then
                perform tell_webhooks(new.tenant, new.lender, 'case.opened', body, new.opened_at);
            elsif new.state = 'closed' and old.state <> 'closed' then
                perform tell_webhooks(new.tenant, new.lender, 'case.closed', body, new.closed_at);
            elsif new.stage <> old.stage then
                perform tell_webhooks(new.tenant, new.lender, 'case.stage', body, new.stage_since);
            end if;
            return null;
        end
        $$;
    create function tell_of_packet() returns trigger
        language plpgsql security definer set search_path = public, pg_temp
        as $$
        begin
            if tg_op = 'INSERT' or new.state <> old.state then
                perform tell_webhooks(new.tenant, new.lender, 'packet.' || new.state, jsonb_build_object(
                    'case', new.legal_case, 'packet', new.id, 'profile', new.profile, 'state', new.state,
                    'sha256', new.sha256, 'pages', new.pages, 'missing', jsonb_array_length(new.missing)),
                    new.changed_at);
            end if;
            return null;
        end
        $$;
    create function tell_of_alarm() returns trigger
        language plpgsql security definer set search_path = public, pg_temp
        as $$
        begin
            perform tell_webhooks(new.tenant, new.lender, case when new.rung < 0 then 'clock.lapsed' else 'clock.alarm' end,
                (select jsonb_build_object('case', c.legal_case, 'clock', c.kind, 'last_day', new.last_day, 'days_before',
                    greatest(new.rung, 0)) from case_clock c where c.id = new.clock), new.raised_at);
            return null;
        end
        $$;
    create trigger tell_webhooks after insert or update on legal_case for each row execute function tell_of_case();
    create trigger tell_webhooks after insert or update on packet for each row execute function tell_of_packet();
    create trigger tell_webhooks after insert on clock_alarm for each row execute function tell_of_alarm();

    -- A lease of each message for whoever takes it; taken by several workers at once, none is taken twice.
    create function webhooks_due(now_at timestamptz, until timestamptz, many integer)
        returns table (tenant text, lender text, id text, webhook text, kind text, body jsonb, at timestamptz, tries integer)
        language sql volatile security definer set search_path = public, pg_temp
        as $$
            update webhook_message m set next_at = until, tries = m.tries + 1
            where m.id in (
                select w.id from webhook_message w
                where w.told_at is null and w.given_up_at is null and (w.next_at is null or w.next_at <= now_at)
                order by w.next_at nulls first, w.at limit many for update skip locked
            )
            returning m.tenant, m.lender, m.id, m.webhook, m.kind, m.body, m.at, m.tries
        $$;
    revoke all on function tell_webhooks(text, text, text, jsonb, timestamptz) from public;
    revoke all on function tell_of_case() from public;
    revoke all on function tell_of_packet() from public;
    revoke all on function tell_of_alarm() from public;
    revoke all on function webhooks_due(timestamptz, timestamptz, integer) from public;
    grant execute on function webhooks_due(timestamptz, timestamptz, integer) to forbear_worker;
    grant select, insert, update (disabled_at) on webhook to forbear_api;
    grant select on webhook_message to forbear_api;
    grant select on webhook to forbear_worker;
    grant select, update (next_at, status, told_at, given_up_at) on webhook_message to forbear_worker;
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in ("webhook", "webhook_message"):
        guard(connection, table)
        policy(connection, table, "forbear_api", "all", OF_LENDER)
        policy(connection, table, "forbear_worker", "all", OF_TENANT)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
