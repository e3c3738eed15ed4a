-- Who: tenants, lenders, keys, persons and what each lender told us. Nothing personal in plain text.

create table api_key (
    id text not null,
    tenant text not null,
    lender text not null,
    digest bytea not null,
    scopes text[] not null,
    label text not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    constraint pk_api_key primary key (id)
);

create table lender (
    id text not null,
    tenant text not null,
    name text not null,
    role text not null,
    kind text not null,
    country text not null,
    phone text not null,
    sender text not null,
    policy jsonb not null,
    created_at timestamptz not null,
    constraint pk_lender primary key (id),
    constraint uq_lender_sender unique (sender)
);

create table person (
    id text not null,
    tenant text not null,
    created_at timestamptz not null,
    constraint pk_person primary key (id)
);

create table tenant (
    id text not null,
    name text not null,
    created_at timestamptz not null,
    constraint pk_tenant primary key (id)
);

create table agreement (
    id text not null,
    tenant text not null,
    lender text not null,
    person text not null,
    kind text not null,
    terms jsonb not null,
    at timestamptz not null,
    constraint pk_agreement primary key (id),
    constraint fk_agreement_person foreign key(person) references person (id)
);
create index ix_agreement_person on agreement (person);

create table contact_point (
    id text not null,
    tenant text not null,
    lender text not null,
    person text not null,
    kind text not null,
    value bytea not null,
    address_key bytea not null,
    place text not null,
    state text not null,
    zone text,
    zone_evidence text,
    created_at timestamptz not null,
    constraint pk_contact_point primary key (id),
    constraint uq_contact_point_lender_person_kind_address_key unique (lender, person, kind, address_key),
    constraint ck_contact_point_state check (state in ('valid', 'unreachable', 'wrong_party', 'invalid')),
    constraint fk_contact_point_person foreign key(person) references person (id)
);
create index ix_contact_point_person on contact_point (person);
create index ix_contact_point_tenant_address_key on contact_point (tenant, address_key);

create table person_key (
    id text not null,
    tenant text not null,
    lender text not null,
    person text not null,
    wrapped bytea,
    erased_at timestamptz,
    constraint pk_person_key primary key (id),
    constraint uq_person_key_lender_person unique (lender, person),
    constraint fk_person_key_person foreign key(person) references person (id)
);

create table person_match (
    id text not null,
    tenant text not null,
    person text not null,
    kind text not null,
    digest bytea not null,
    constraint pk_person_match primary key (id),
    constraint uq_person_match_tenant_kind_digest unique (tenant, kind, digest),
    constraint fk_person_match_person foreign key(person) references person (id)
);
create index ix_person_match_person on person_match (person);

create table profile (
    id text not null,
    tenant text not null,
    lender text not null,
    person text not null,
    name bytea not null,
    birth_date bytea,
    identity_number bytea,
    language text not null,
    jurisdictions text[] not null,
    created_at timestamptz not null,
    constraint pk_profile primary key (id),
    constraint uq_profile_lender_person unique (lender, person),
    constraint fk_profile_person foreign key(person) references person (id)
);

create table consent (
    id text not null,
    tenant text not null,
    lender text not null,
    person text not null,
    contact_point text,
    channel text not null,
    given_to text not null,
    how text not null,
    at timestamptz not null,
    revoked_at timestamptz,
    constraint pk_consent primary key (id),
    constraint fk_consent_person foreign key(person) references person (id),
    constraint fk_consent_contact_point foreign key(contact_point) references contact_point (id)
);
create index ix_consent_person on consent (person);
