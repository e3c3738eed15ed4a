"""Visits: requests, officers, slots, check-ins, reports and evidence.

Those who work for a tenant write nearly all of it. The worker opens a request with its task and withdraws it; a lender
reads what was done at its customers' doors, by ids and codes.
"""

from alembic import op

from forbear.ledger.securing import OF_LENDER, OF_TENANT, freeze, guard, policy, run

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SQL = """
    create table visit (
        id text not null, tenant text not null, lender text not null, task text not null, account text not null,
        person text not null, contact_point text, number integer not null, state text not null, requested_by text,
        requested_at timestamptz not null, decided_by text, decided_at timestamptz, decision_reason text, touch text,
        started_at timestamptz, ended_at timestamptz, outcome text, version integer not null default 0,
        constraint pk_visit primary key (id),
        constraint fk_visit_task foreign key (task) references task (id),
        constraint fk_visit_account foreign key (account) references account (id),
        constraint fk_visit_person foreign key (person) references person (id),
        constraint fk_visit_contact_point foreign key (contact_point) references contact_point (id),
        constraint uq_visit_task unique (task),
        constraint uq_visit_tenant_number unique (tenant, number),
        constraint ck_visit_state check (state in ('requested', 'approved', 'declined', 'assigned', 'under_way', 'reported', 'aborted', 'withdrawn'))
    );
    create index ix_visit_account on visit (account);
    create index ix_visit_tenant_state on visit (tenant, state);
    create table visit_plan (
        id text not null, tenant text not null, lender text not null, visit text not null, sequence integer not null,
        first_officer text not null, second_officer text not null, starts_at timestamptz not null,
        ends_at timestamptz not null, zone text not null, planned_by text not null, at timestamptz not null,
        constraint pk_visit_plan primary key (id),
        constraint fk_visit_plan_visit foreign key (visit) references visit (id),
        constraint uq_visit_plan_visit_sequence unique (visit, sequence),
        constraint ck_visit_plan_two check (first_officer <> second_officer)
    );
    create index ix_visit_plan_tenant_starts_at on visit_plan (tenant, starts_at);
    create table visit_place (
        id text not null, tenant text not null, lender text not null, contact_point text not null, person text not null,
        place bytea not null, system text not null, told_by text not null, at timestamptz not null,
        constraint pk_visit_place primary key (id),
        constraint fk_visit_place_contact_point foreign key (contact_point) references contact_point (id),
        constraint fk_visit_place_person foreign key (person) references person (id)
    );
    create index ix_visit_place_contact_point on visit_place (contact_point);
    create table visit_check_in (
        id text not null, tenant text not null, lender text not null, visit text not null, officer text not null,
        key text not null, at timestamptz not null, device_at timestamptz, place bytea, system text, accuracy integer,
        mocked boolean, typed boolean not null, metres integer, nearness text not null,
        constraint pk_visit_check_in primary key (id),
        constraint fk_visit_check_in_visit foreign key (visit) references visit (id),
        constraint uq_visit_check_in_visit_officer_key unique (visit, officer, key),
        constraint ck_visit_check_in_nearness check (nearness in ('near', 'unsure', 'far', 'no_coordinates', 'no_place'))
    );
    create table visit_report (
        id text not null, tenant text not null, lender text not null, visit text not null, officer text not null,
        key text not null, outcome text not null, met text not null, cause text, ticks text[] not null,
        at timestamptz not null, device_at timestamptz,
        constraint pk_visit_report primary key (id),
        constraint fk_visit_report_visit foreign key (visit) references visit (id),
        constraint uq_visit_report_visit unique (visit)
    );
    create table visit_signature (
        id text not null, tenant text not null, lender text not null, visit text not null, officer text not null,
        at timestamptz not null,
        constraint pk_visit_signature primary key (id),
        constraint fk_visit_signature_visit foreign key (visit) references visit (id),
        constraint uq_visit_signature_visit_officer unique (visit, officer)
    );
    create table handed_over (
        id text not null, tenant text not null, lender text not null, visit text not null, account text not null,
        person text not null, paper text not null, taken_by text not null, at timestamptz not null, officer text not null,
        constraint pk_handed_over primary key (id),
        constraint fk_handed_over_visit foreign key (visit) references visit (id),
        constraint fk_handed_over_account foreign key (account) references account (id),
        constraint fk_handed_over_person foreign key (person) references person (id),
        constraint uq_handed_over_visit_paper unique (visit, paper),
        constraint ck_handed_over_taken_by check (taken_by in ('borrower', 'refused'))
    );
    create index ix_handed_over_account on handed_over (account);
    create table visit_evidence (
        id text not null, tenant text not null, lender text not null, visit text not null, person text not null,
        officer text not null, key text not null, kind text not null, media_type text not null, sha256 text not null,
        size integer not null, hashed_by text not null, stored_sha256 text not null, file_key bytea not null,
        captured_at timestamptz, at timestamptz not null,
        constraint pk_visit_evidence primary key (id),
        constraint fk_visit_evidence_visit foreign key (visit) references visit (id),
        constraint fk_visit_evidence_person foreign key (person) references person (id),
        constraint uq_visit_evidence_visit_officer_key unique (visit, officer, key),
        constraint ck_visit_evidence_kind check (kind in ('photo', 'note', 'paper')),
        constraint ck_visit_evidence_hashed_by check (hashed_by in ('phone', 'server'))
    );
    create table custody (
        id text not null, tenant text not null, lender text not null, evidence text not null, staff text not null,
        act text not null, sha256 text not null, at timestamptz not null,
        constraint pk_custody primary key (id),
        constraint fk_custody_evidence foreign key (evidence) references visit_evidence (id),
        constraint ck_custody_act check (act in ('received', 'opened', 'exported', 'found_changed'))
    );
    create index ix_custody_evidence on custody (evidence);
    create table officer_feed (
        id text not null, tenant text not null, staff text not null, token_sha256 text not null,
        made_at timestamptz not null, revoked_at timestamptz,
        constraint pk_officer_feed primary key (id),
        constraint uq_officer_feed_token_sha256 unique (token_sha256)
    );
    create unique index uq_officer_feed_living on officer_feed (staff) where revoked_at is null;
    create function feed_owner(sought text) returns table (tenant text, staff text)
        language sql stable security definer set search_path = public, pg_temp
        as $$ select f.tenant, f.staff from officer_feed f where f.token_sha256 = sought and f.revoked_at is null $$;
    revoke all on function feed_owner(text) from public;
    grant execute on function feed_owner(text) to forbear_staff;
    grant select, insert, update on visit to forbear_staff;
    grant select, insert, update on visit to forbear_worker;
    grant select on visit, visit_report, visit_signature, handed_over to forbear_api;
    grant select, insert, update (revoked_at) on officer_feed to forbear_staff;
"""
FROZEN = (
    *("visit_plan", "visit_place", "visit_check_in", "visit_report", "visit_signature", "handed_over"),
    *("visit_evidence", "custody"),
)
LENDERS_READ = ("visit", "visit_report", "visit_signature", "handed_over")


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in ("visit", "officer_feed", *FROZEN):
        guard(connection, table)
        policy(connection, table, "forbear_staff", "all", OF_TENANT)
    policy(connection, "visit", "forbear_worker", "all", OF_TENANT)
    for table in FROZEN:
        # The worker holds the rows against the audit chain.
        policy(connection, table, "forbear_worker", "select", OF_TENANT)
        run(connection, f"grant select, insert on {table} to forbear_staff; grant select on {table} to forbear_worker")
        freeze(connection, table)
    for table in LENDERS_READ:
        policy(connection, table, "forbear_api", "select", OF_LENDER)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
