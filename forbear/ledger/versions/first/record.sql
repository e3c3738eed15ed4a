-- The record's own machinery. `audit_row` and `audit_seal` are append-only.

create table audit_row (
    id bigint generated always as identity,
    tenant text not null,
    lender text,
    account text,
    person text,
    kind text not null,
    subject text not null,
    of_table text,
    at timestamptz not null,
    digest bytea not null,
    constraint pk_audit_row primary key (id)
);
create index ix_audit_row_account_id on audit_row (account, id);
create index ix_audit_row_tenant_id on audit_row (tenant, id);

create table audit_seal (
    id bigint generated always as identity,
    tenant text not null,
    position integer not null,
    row bigint not null,
    link bytea not null,
    sealed_at timestamptz not null,
    constraint pk_audit_seal primary key (id),
    constraint uq_audit_seal_tenant_position unique (tenant, position),
    constraint uq_audit_seal_row unique (row)
);

create table clock (
    id integer not null,
    origin timestamptz not null,
    anchor timestamptz not null,
    speed integer not null,
    constraint pk_clock primary key (id),
    constraint ck_clock_one_row check (id = 1)
);

create table idempotency (
    id text not null,
    tenant text not null,
    lender text not null,
    key text not null,
    fingerprint bytea not null,
    status integer not null,
    body jsonb not null,
    at timestamptz not null,
    constraint pk_idempotency primary key (id),
    constraint uq_idempotency_lender_key unique (lender, key)
);

create table outbox (
    id bigint generated always as identity,
    tenant text not null,
    account text not null,
    fact text not null,
    at timestamptz not null,
    delivered_at timestamptz,
    constraint pk_outbox primary key (id)
);
create index ix_outbox_waiting on outbox (id) where delivered_at is null;
create index ix_outbox_swept on outbox (account, at) where fact = 'account_swept';
