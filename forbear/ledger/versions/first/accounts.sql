-- What is owed. `entry` and `payment` are append-only.

create table account (
    id text not null,
    tenant text not null,
    lender text not null,
    borrower text not null,
    external_id text not null,
    product text not null,
    debt_kind text not null,
    currency text not null,
    due_since date not null,
    playbook text not null,
    playbook_version text not null,
    balance_as_of timestamptz,
    enrolled_at timestamptz not null,
    state text not null,
    stage text not null,
    close_reason text,
    closed_at timestamptz,
    next_at timestamptz,
    next_reason text,
    next_rule text,
    next_permit text,
    version integer not null,
    constraint pk_account primary key (id),
    constraint uq_account_lender_external_id unique (lender, external_id),
    constraint ck_account_state check (state in ('open', 'closed')),
    constraint fk_account_borrower foreign key(borrower) references person (id)
);
create index ix_account_borrower on account (borrower);
create index ix_account_tenant_state_next_at on account (tenant, state, next_at);

create table legal_case (
    id text not null,
    tenant text not null,
    lender text not null,
    account text not null,
    kind text not null,
    reason text not null,
    state text not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    constraint pk_legal_case primary key (id),
    constraint fk_legal_case_account foreign key(account) references account (id)
);
create index ix_legal_case_account on legal_case (account);

create table party (
    id text not null,
    tenant text not null,
    lender text not null,
    account text not null,
    person text not null,
    role text not null,
    constraint pk_party primary key (id),
    constraint uq_party_account_person_role unique (account, person, role),
    constraint fk_party_account foreign key(account) references account (id),
    constraint fk_party_person foreign key(person) references person (id)
);
create index ix_party_person on party (person);

create table payment (
    id text not null,
    tenant text not null,
    lender text not null,
    account text not null,
    external_id text not null,
    source text not null,
    amount numeric(20, 4) not null,
    currency text not null,
    received_at timestamptz not null,
    recorded_at timestamptz not null,
    reverses text,
    constraint pk_payment primary key (id),
    constraint uq_payment_lender_source_external_id unique (lender, source, external_id),
    constraint fk_payment_account foreign key(account) references account (id),
    constraint fk_payment_reverses foreign key(reverses) references payment (id)
);
create index ix_payment_account on payment (account);

create table promise (
    id text not null,
    tenant text not null,
    lender text not null,
    account text not null,
    person text not null,
    amount numeric(20, 4) not null,
    currency text not null,
    due_on date not null,
    via text not null,
    made_at timestamptz not null,
    state text not null,
    settled_at timestamptz,
    constraint pk_promise primary key (id),
    constraint ck_promise_state check (state in ('open', 'kept', 'broken', 'replaced')),
    constraint fk_promise_account foreign key(account) references account (id),
    constraint fk_promise_person foreign key(person) references person (id)
);
create index ix_promise_account on promise (account);

create table stop (
    id text not null,
    tenant text not null,
    lender text not null,
    person text not null,
    account text,
    kind text not null,
    address_key bytea,
    written boolean not null,
    via text not null,
    at timestamptz not null,
    until timestamptz,
    lifted_at timestamptz,
    constraint pk_stop primary key (id),
    constraint fk_stop_person foreign key(person) references person (id),
    constraint fk_stop_account foreign key(account) references account (id)
);
create index ix_stop_account on stop (account);
create index ix_stop_person on stop (person);

create table entry (
    id text not null,
    tenant text not null,
    lender text not null,
    account text not null,
    payment text,
    kind text not null,
    component text not null,
    amount numeric(20, 4) not null,
    currency text not null,
    effective_at timestamptz not null,
    recorded_at timestamptz not null,
    constraint pk_entry primary key (id),
    constraint ck_entry_component check (component in ('principal', 'interest', 'penalty_interest', 'compound_interest', 'fee', 'cost')),
    constraint ck_entry_kind check (kind in ('opening', 'payment', 'reversal', 'adjustment')),
    constraint fk_entry_account foreign key(account) references account (id),
    constraint fk_entry_payment foreign key(payment) references payment (id)
);
create index ix_entry_account on entry (account);
