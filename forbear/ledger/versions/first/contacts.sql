-- What was said. `decision`, `receipt` and `past_contact` are append-only.

create table suppression (
    id text not null,
    tenant text not null,
    lender text,
    person text,
    scope text not null,
    channel text,
    address_key bytea,
    via text not null,
    at timestamptz not null,
    lifted_at timestamptz,
    constraint pk_suppression primary key (id),
    constraint ck_suppression_scope check (scope in ('number', 'channel', 'all_automated', 'everything')),
    constraint fk_suppression_person foreign key(person) references person (id)
);
create index ix_suppression_person on suppression (person);
create index ix_suppression_tenant_address_key on suppression (tenant, address_key);

create table decision (
    id text not null,
    tenant text not null,
    lender text not null,
    account text not null,
    run text not null,
    number integer not null,
    at timestamptz not null,
    kind text not null,
    until timestamptz,
    rule text not null,
    reason text not null,
    step text,
    touch text,
    answer jsonb not null,
    permit jsonb,
    constraint pk_decision primary key (id),
    constraint uq_decision_account_run_number unique (account, run, number),
    constraint fk_decision_account foreign key(account) references account (id)
);
create index ix_decision_account_at on decision (account, at);

create table past_contact (
    id text not null,
    tenant text not null,
    lender text not null,
    account text not null,
    person text not null,
    at timestamptz not null,
    channel text not null,
    role text not null,
    address_key bytea,
    place text,
    result text not null,
    constraint pk_past_contact primary key (id),
    constraint fk_past_contact_account foreign key(account) references account (id),
    constraint fk_past_contact_person foreign key(person) references person (id)
);
create index ix_past_contact_person_at on past_contact (person, at);
create index ix_past_contact_tenant_address_key_at on past_contact (tenant, address_key, at);

create table reply (
    id text not null,
    tenant text not null,
    lender text not null,
    account text,
    person text,
    contact_point text,
    channel text not null,
    provider_id text not null,
    reading text not null,
    text bytea,
    at timestamptz not null,
    needs_human boolean not null,
    constraint pk_reply primary key (id),
    constraint uq_reply_provider_id unique (provider_id),
    constraint fk_reply_account foreign key(account) references account (id),
    constraint fk_reply_person foreign key(person) references person (id),
    constraint fk_reply_contact_point foreign key(contact_point) references contact_point (id)
);
create index ix_reply_account on reply (account);

create table touch (
    id text not null,
    tenant text not null,
    lender text not null,
    account text not null,
    person text not null,
    contact_point text not null,
    address_key bytea not null,
    decision text not null,
    channel text not null,
    role text not null,
    place text not null,
    purpose text not null,
    accounts text[] not null,
    step text not null,
    template text not null,
    language text not null,
    provider text not null,
    sender text not null,
    state text not null,
    claimed_at timestamptz not null,
    lease_until timestamptz not null,
    dispatch_by timestamptz not null,
    window_closes timestamptz,
    dispatched_at timestamptz,
    settled_at timestamptz,
    provider_id text,
    code text,
    body_sha256 text,
    segments integer,
    constraint pk_touch primary key (id),
    constraint uq_touch_decision unique (decision),
    constraint uq_touch_provider_provider_id unique (provider, provider_id),
    constraint ck_touch_state check (state in ('claimed', 'dispatching', 'sent', 'delivered', 'undelivered', 'failed', 'unknown')),
    constraint fk_touch_account foreign key(account) references account (id),
    constraint fk_touch_person foreign key(person) references person (id),
    constraint fk_touch_contact_point foreign key(contact_point) references contact_point (id),
    constraint fk_touch_decision foreign key(decision) references decision (id) deferrable initially deferred
);
create index ix_touch_account on touch (account);
create index ix_touch_open on touch (tenant, state) where state in ('claimed', 'dispatching', 'unknown');
create index ix_touch_person_claimed_at on touch (person, claimed_at);
create index ix_touch_tenant_address_key_claimed_at on touch (tenant, address_key, claimed_at);

create table link (
    id text not null,
    tenant text not null,
    lender text not null,
    touch text not null,
    account text not null,
    person text not null,
    token_sha256 text not null,
    expires_at timestamptz not null,
    failures integer not null,
    locked_until timestamptz,
    verified_at timestamptz,
    revoked_at timestamptz,
    constraint pk_link primary key (id),
    constraint uq_link_token_sha256 unique (token_sha256),
    constraint fk_link_touch foreign key(touch) references touch (id),
    constraint fk_link_account foreign key(account) references account (id),
    constraint fk_link_person foreign key(person) references person (id)
);
create index ix_link_touch on link (touch);

create table receipt (
    id text not null,
    tenant text not null,
    lender text not null,
    touch text not null,
    source text not null,
    status text not null,
    provider_id text,
    code text,
    at timestamptz not null,
    provider_at timestamptz,
    constraint pk_receipt primary key (id),
    constraint uq_receipt_touch_source_status_provider_id unique nulls not distinct (touch, source, status, provider_id),
    constraint fk_receipt_touch foreign key(touch) references touch (id)
);

create table checkout (
    id text not null,
    tenant text not null,
    lender text not null,
    account text not null,
    link text not null,
    provider text not null,
    provider_id text,
    amount text not null,
    currency text not null,
    state text not null,
    begun_at timestamptz not null,
    constraint pk_checkout primary key (id),
    constraint uq_checkout_provider_provider_id unique (provider, provider_id),
    constraint fk_checkout_account foreign key(account) references account (id),
    constraint fk_checkout_link foreign key(link) references link (id)
);

create table page_session (
    id text not null,
    tenant text not null,
    lender text not null,
    link text not null,
    digest bytea not null,
    opened_at timestamptz not null,
    expires_at timestamptz not null,
    constraint pk_page_session primary key (id),
    constraint uq_page_session_digest unique (digest),
    constraint fk_page_session_link foreign key(link) references link (id)
);
