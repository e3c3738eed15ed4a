"""Legal cases: what happened, what was told, clocks and alarms, guarantees, service, files, packets and their reviews.

A fact about an account wakes its open cases too: a trigger writes their rows into the outbox beside the account's, so
that no writer of facts can forget them. Rows that are evidence are never changed.
"""

from alembic import op

from forbear.ledger.securing import OF_LENDER, OF_TENANT, freeze, guard, policy, run

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SQL = """
    alter table legal_case
        add column outcome text, add column path text, add column path_version text,
        add column stage text not null default '', add column stage_since timestamptz, add column next_at timestamptz,
        add column next_reason text, add column next_rule text, add column assignee text, add column creditor text,
        add column arose_from text, add column version integer not null default 0;
    alter table legal_case
        add constraint fk_legal_case_assignee foreign key (assignee) references staff (id),
        add constraint fk_legal_case_creditor foreign key (creditor) references person (id),
        add constraint fk_legal_case_arose_from foreign key (arose_from) references legal_case (id);
    create index ix_legal_case_open on legal_case (account) where state = 'open';
    create index ix_legal_case_next on legal_case (tenant, next_at) where state = 'open';
    alter table outbox add column legal_case text;
    create index ix_outbox_case_swept on outbox (legal_case, at) where fact = 'case_swept';
    alter table task drop constraint ck_task_kind;
    alter table task add constraint ck_task_kind check (kind in
        ('call', 'visit', 'reply', 'unknown_touch', 'unmapped_code', 'route', 'number', 'account', 'clock'));
    alter table incident drop constraint ck_incident_kind;
    alter table incident add constraint ck_incident_kind check (kind in
        ('template', 'route', 'call', 'unmapped', 'clock'));
    create table case_fact (
        id text not null, legal_case text not null, number integer not null, kind text not null,
        on_day date not null, person text, details jsonb not null, told bytea, staff text, takes_back text,
        at timestamptz not null, lender text not null, tenant text not null,
        constraint pk_case_fact primary key (id),
        constraint uq_case_fact_legal_case_number unique (legal_case, number),
        constraint uq_case_fact_takes_back unique (takes_back),
        constraint fk_case_fact_legal_case foreign key(legal_case) references legal_case (id),
        constraint fk_case_fact_person foreign key(person) references person (id),
        constraint fk_case_fact_staff foreign key(staff) references staff (id),
        constraint fk_case_fact_takes_back foreign key(takes_back) references case_fact (id)
    );
    create table case_fields (
        id text not null, legal_case text not null, kind text not null, told bytea not null, names jsonb not null,
        staff text, at timestamptz not null, lender text not null, tenant text not null,
        constraint pk_case_fields primary key (id),
        constraint fk_case_fields_legal_case foreign key(legal_case) references legal_case (id),
        constraint fk_case_fields_staff foreign key(staff) references staff (id)
    );
    create index ix_case_fields_legal_case on case_fields (legal_case);
    create table case_decision (
        id text not null, legal_case text not null, run text not null, number integer not null,
        at timestamptz not null, kind text not null, until timestamptz, rule text not null, reason text not null,
        answer jsonb not null, lender text not null, tenant text not null,
        constraint pk_case_decision primary key (id),
        constraint uq_case_decision_legal_case_run_number unique (legal_case, run, number),
        constraint fk_case_decision_legal_case foreign key(legal_case) references legal_case (id)
    );
    create table guarantee (
        id text not null, account text not null, person text not null, number integer not null, kind text not null,
        counter boolean not null, contract_no bytea not null, signed_on date not null, main_due_on date not null,
        agreed_end date, agreed_months integer, most numeric(20, 4), at timestamptz not null, lender text not null,
        tenant text not null,
        constraint pk_guarantee primary key (id),
        constraint uq_guarantee_account_person_number unique (account, person, number),
        constraint ck_guarantee_kind check (kind in ('general', 'joint')),
        constraint ck_guarantee_period check (agreed_end is null or agreed_months is null),
        constraint fk_guarantee_account foreign key(account) references account (id),
        constraint fk_guarantee_person foreign key(person) references person (id)
    );
    create table case_clock (
        id text not null, legal_case text not null, kind text not null, subject text not null,
        nature text not null, state text not null, first_day date not null, last_day date not null, met_on date,
        reckoned jsonb not null, changed_at timestamptz not null, lender text not null, tenant text not null,
        constraint pk_case_clock primary key (id),
        constraint uq_case_clock_legal_case_kind_subject unique (legal_case, kind, subject),
        constraint ck_case_clock_nature check (nature in ('deadline', 'waiting')),
        constraint ck_case_clock_state check (state in ('running', 'met', 'lapsed', 'over', 'void')),
        constraint fk_case_clock_legal_case foreign key(legal_case) references legal_case (id)
    );
    create table clock_alarm (
        id text not null, clock text not null, legal_case text not null, last_day date not null,
        rung integer not null, staff text, raised_at timestamptz not null, seen_by text, seen_at timestamptz,
        lender text not null, tenant text not null,
        constraint pk_clock_alarm primary key (id),
        constraint uq_clock_alarm_clock_last_day_rung unique (clock, last_day, rung),
        constraint fk_clock_alarm_clock foreign key(clock) references case_clock (id),
        constraint fk_clock_alarm_legal_case foreign key(legal_case) references legal_case (id),
        constraint fk_clock_alarm_staff foreign key(staff) references staff (id),
        constraint fk_clock_alarm_seen_by foreign key(seen_by) references staff (id)
    );
    create index ix_clock_alarm_legal_case on clock_alarm (legal_case);
    create table case_file (
        id text not null, legal_case text not null, slot text not null, number integer not null,
        title bytea not null, media_type text not null, sha256 text not null, size integer not null,
        pages integer not null, details jsonb not null, told bytea, stored_sha256 text not null,
        file_key bytea not null, state text not null, staff text, at timestamptz not null, lender text not null,
        tenant text not null,
        constraint pk_case_file primary key (id),
        constraint ck_case_file_state check (state in ('kept', 'withdrawn')),
        constraint fk_case_file_legal_case foreign key(legal_case) references legal_case (id),
        constraint fk_case_file_staff foreign key(staff) references staff (id)
    );
    create index ix_case_file_legal_case on case_file (legal_case);
    create table case_service (
        id text not null, account text not null, legal_case text, paper text not null, paper_sha256 text,
        person text not null, method text not null, result text not null, sent_on date, reached_on date, rule text,
        tracking bytea, source text not null, touch text, files jsonb not null, staff text, takes_back text,
        event text not null, at timestamptz not null, lender text not null, tenant text not null,
        constraint pk_case_service primary key (id),
        constraint uq_case_service_account_event unique (account, event),
        constraint uq_case_service_takes_back unique (takes_back),
        constraint fk_case_service_account foreign key(account) references account (id),
        constraint fk_case_service_legal_case foreign key(legal_case) references legal_case (id),
        constraint fk_case_service_person foreign key(person) references person (id),
        constraint fk_case_service_staff foreign key(staff) references staff (id),
        constraint fk_case_service_takes_back foreign key(takes_back) references case_service (id)
    );
    create index ix_case_service_legal_case on case_service (legal_case);
    create table packet (
        id text not null, legal_case text not null, number integer not null, profile text not null,
        court text not null, state text not null, cut_off date not null, asked_by text,
        asked_at timestamptz not null, run text, made_at timestamptz, snapshot text, sha256 text, pages integer,
        draft boolean not null, stored jsonb not null, file_key bytea, missing jsonb not null,
        changed_at timestamptz not null, lender text not null, tenant text not null,
        constraint pk_packet primary key (id),
        constraint uq_packet_legal_case_number unique (legal_case, number),
        constraint ck_packet_state check (state in ('asked', 'incomplete', 'prepared', 'returned', 'approved', 'void', 'filed', 'failed')),
        constraint fk_packet_legal_case foreign key(legal_case) references legal_case (id),
        constraint fk_packet_asked_by foreign key(asked_by) references staff (id)
    );
    create index ix_packet_run on packet (run);
    create table packet_review (
        id text not null, packet text not null, staff text, verdict text not null, sha256 text not null,
        reason bytea, at timestamptz not null, lender text not null, tenant text not null,
        constraint pk_packet_review primary key (id),
        constraint ck_packet_review_verdict check (verdict in ('opened', 'approved', 'returned', 'downloaded', 'filed')),
        constraint ck_packet_review_by check (staff is not null or verdict = 'downloaded'),
        constraint fk_packet_review_packet foreign key(packet) references packet (id),
        constraint fk_packet_review_staff foreign key(staff) references staff (id)
    );
    create index ix_packet_review_packet on packet_review (packet);
    create table case_cost (
        id text not null, legal_case text not null, kind text not null, amount numeric(20, 4) not null,
        currency text not null, on_day date not null, claimed boolean not null, told bytea, staff text,
        takes_back text, at timestamptz not null, lender text not null, tenant text not null,
        constraint pk_case_cost primary key (id),
        constraint uq_case_cost_takes_back unique (takes_back),
        constraint fk_case_cost_legal_case foreign key(legal_case) references legal_case (id),
        constraint fk_case_cost_staff foreign key(staff) references staff (id),
        constraint fk_case_cost_takes_back foreign key(takes_back) references case_cost (id)
    );
    create index ix_case_cost_legal_case on case_cost (legal_case);
    create table case_run (
        id text not null, profile text not null, cut_off date not null, staff text, wanted integer not null,
        refused jsonb not null, at timestamptz not null, lender text not null, tenant text not null,
        constraint pk_case_run primary key (id),
        constraint fk_case_run_staff foreign key(staff) references staff (id)
    );
    create index ix_case_run_lender_at on case_run (lender, at);
    create function tell_cases() returns trigger
        language plpgsql security definer set search_path = public, pg_temp
        as $$
        begin
            insert into outbox (tenant, account, legal_case, fact, at)
                select new.tenant, new.account, c.id, new.fact, new.at from legal_case c
                where c.account = new.account and c.state = 'open' and c.path is not null;
            return null;
        end
        $$;
    create trigger tell_cases after insert on outbox for each row
        when (new.legal_case is null and new.fact <> 'account_swept') execute function tell_cases();
    create function open_cases(after text, many integer) returns table (tenant text, id text)
        language sql stable security definer set search_path = public, pg_temp
        as $$
            select c.tenant, c.id from legal_case c
            where c.state = 'open' and c.path is not null and c.id > after order by c.id limit many
        $$;
    create function case_owner(sought text) returns table (tenant text, lender text)
        language sql stable security definer set search_path = public, pg_temp
        as $$ select c.tenant, c.lender from legal_case c where c.id = sought $$;
    revoke all on function tell_cases() from public;
    revoke all on function open_cases(text, integer) from public;
    revoke all on function case_owner(text) from public;
    grant execute on function open_cases(text, integer) to forbear_relay, forbear_worker;
    grant execute on function case_owner(text) to forbear_relay, forbear_api;
    grant select (legal_case) on outbox to forbear_relay;
    grant update on legal_case to forbear_worker;
    grant insert on legal_case to forbear_staff;
    grant update (kind, path, path_version, stage, stage_since, next_at, next_reason, next_rule, assignee, version,
        state, outcome, closed_at) on legal_case to forbear_staff;
    grant update (version) on legal_case to forbear_api;
"""
VOIDING = f"""
    create policy forbear_api_update on packet for update to forbear_api
        using ({OF_LENDER}) with check ({OF_LENDER} and state = 'void')
"""
"""Whoever finds, while fetching, that a packet does not say any more what the record says voids it."""
EVIDENCE = ("case_fact", "case_fields", "case_decision", "guarantee", "case_service", "packet_review", "case_cost")
"""Tables whose rows nobody changes."""
RIGHTS: dict[str, dict[str, str]] = {
    "forbear_worker": {
        "case_fact": "select, insert",
        "case_fields": "select, insert",
        "case_decision": "select, insert",
        "guarantee": "select",
        "case_clock": "select, insert, update",
        "clock_alarm": "select, insert",
        "case_service": "select, insert",
        "case_file": "select, insert",
        "packet": "select, insert, update",
        "packet_review": "select",
        "case_cost": "select",
        "case_run": "select, insert, update (refused)",
    },
    "forbear_staff": {
        "case_fact": "select, insert",
        "case_fields": "select, insert",
        "case_decision": "select",
        "guarantee": "select, insert",
        "case_clock": "select",
        "clock_alarm": "select, update (seen_by, seen_at)",
        "case_service": "select, insert",
        "case_file": "select, insert, update (state)",
        "packet": "select, insert, update (state, changed_at)",
        "packet_review": "select, insert",
        "case_cost": "select, insert",
        "case_run": "select, insert",
        "letter": "select",
        "service_proof": "select",
        "loan_terms": "select",
    },
    "forbear_api": {
        "case_fact": "select, insert",
        "case_fields": "select, insert",
        "case_decision": "select",
        "guarantee": "select, insert",
        "case_clock": "select",
        "clock_alarm": "select",
        "case_service": "select, insert",
        "case_file": "select, insert",
        "packet": "select, insert, update (state, changed_at)",
        "packet_review": "select, insert",
        "case_cost": "select, insert",
        "case_run": "select, insert",
    },
}
TABLES = tuple(RIGHTS["forbear_api"])
OF_API: dict[str, dict[str, str]] = {
    "packet": {"select": OF_LENDER, "insert": f"{OF_LENDER} and state = 'asked'"},
    "packet_review": {"select": OF_LENDER, "insert": f"{OF_LENDER} and verdict = 'downloaded' and staff is null"},
}
"""What a lender's API may do with rows of which it may not write every kind: it asks for packets and fetches them, and
nobody approves one through it."""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in TABLES:
        guard(connection, table)
    for role, rights in RIGHTS.items():
        for table, privileges in rights.items():
            run(connection, f"grant {privileges} on {table} to {role}")
            if role == "forbear_api" and table in OF_API:
                for operation, condition in OF_API[table].items():
                    policy(connection, table, role, operation, condition)
            elif table in TABLES:
                policy(connection, table, role, "all", OF_LENDER if role == "forbear_api" else OF_TENANT)
    policy(connection, "legal_case", "forbear_api", "update", OF_LENDER)
    run(connection, VOIDING)
    for table in EVIDENCE:
        freeze(connection, table)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
