-- Functions that see past row-level security, because they run as their owner. They answer with ids only.

-- Whose is it? For a caller that knows no tenant yet.

create function key_owner(sought text)
    returns table (tenant text, lender text, digest bytea, scopes text[], expires_at timestamptz, revoked_at timestamptz)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select k.tenant, k.lender, k.digest, k.scopes, k.expires_at, k.revoked_at from api_key k where k.id = sought $$;

create function sender_owner(sought text) returns table (tenant text, lender text)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select l.tenant, l.id from lender l where l.sender = sought $$;

create function touch_owner(sought text) returns table (tenant text, lender text)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select t.tenant, t.lender from touch t where t.id = sought $$;

create function checkout_owner(sought text) returns table (tenant text, lender text)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select c.tenant, c.lender from checkout c where c.id = sought $$;

create function link_owner(sought text) returns table (tenant text, lender text, id text)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select k.tenant, k.lender, k.id from link k where k.token_sha256 = sought $$;

create function session_owner(sought bytea) returns table (tenant text, lender text, id text)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select s.tenant, s.lender, s.id from page_session s where s.digest = sought $$;

create function account_owner(sought text) returns text
    language sql stable security definer set search_path = public, pg_temp
    as $$ select a.tenant from account a where a.id = sought $$;

create function tenants() returns table (id text)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select t.id from tenant t $$;

-- Across the lenders of the present tenant: a person's limits and stops are common, what a lender knows is not.

create function persons_sharing(persons text[]) returns table (person text)
    language sql stable security definer set search_path = public, pg_temp
    as $$
        select p.id from person p
        where p.id = any (persons) and p.tenant = nullif(current_setting('forbear.tenant', true), '')
        union
        select theirs.person from contact_point ours
        join contact_point theirs on theirs.tenant = ours.tenant and theirs.address_key = ours.address_key
        where ours.person = any (persons) and ours.tenant = nullif(current_setting('forbear.tenant', true), '')
    $$;

create function persons_at(sought bytea) returns table (person text)
    language sql stable security definer set search_path = public, pg_temp
    as $$
        select distinct c.person from contact_point c
        where c.address_key = sought and c.tenant = nullif(current_setting('forbear.tenant', true), '')
    $$;

create function tell_accounts_of(persons text[], told text, told_at timestamptz) returns integer
    language sql volatile security definer set search_path = public, pg_temp
    as $$
        with told_now as (
            insert into outbox (tenant, account, fact, at)
            select a.tenant, a.id, told, told_at from account a
            where a.state = 'open'
                and a.tenant = nullif(current_setting('forbear.tenant', true), '')
                and a.id in (select p.account from party p where p.person = any (persons))
            order by a.id
            returning id
        ),
        woken as (select pg_notify('forbear_outbox', '') from (select 1 from told_now limit 1) one)
        select (select count(*) from told_now)::integer from (select count(*) from woken) heard
    $$;
