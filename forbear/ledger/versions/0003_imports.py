"""Imports: files on their way into the ledger, and what became of each row.

The API may add and move them on; it deletes nothing itself. `end_import` takes the pieces of an ended import, and
`purge_import` its rows and its key.
"""

from alembic import op
from sqlalchemy import Connection

from forbear.ledger.securing import LENDER, OF_LENDER, TENANT, guard, policy, run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
create table import_file (
    id text not null, tenant text not null, lender text not null, state text not null, dry_run boolean not null,
    format text, encoding text, compressed boolean not null, sha256 text not null, size bigint not null,
    pieces integer not null, wrapped bytea, "row" integer not null, line integer not null, rows integer,
    enrolled integer not null, already integer not null, would_enrol integer not null, refused integer not null,
    problem jsonb, created_at timestamptz not null, finished_at timestamptz,
    lease_holder text, lease_until timestamptz, served_at timestamptz,
    constraint pk_import_file primary key (id),
    constraint ck_import_file_state check (state in ('received', 'enrolling', 'done', 'refused'))
);
create index ix_import_file_open on import_file (lender, created_at) where finished_at is null;
create index ix_import_file_lender_created_at_id on import_file (lender, created_at, id);

create table import_piece (
    id text not null, tenant text not null, lender text not null, file text not null, number integer not null,
    sealed bytea not null,
    constraint pk_import_piece primary key (id),
    constraint fk_import_piece_file foreign key (file) references import_file (id),
    constraint uq_import_piece_file_number unique (file, number)
);

create table import_row (
    id text not null, tenant text not null, lender text not null, file text not null, number integer not null,
    line integer not null, status text not null, account text, external_id bytea, mark bytea, problems jsonb not null,
    constraint pk_import_row primary key (id),
    constraint fk_import_row_file foreign key (file) references import_file (id),
    constraint uq_import_row_file_number unique (file, number),
    constraint ck_import_row_status check (status in ('enrolled', 'already', 'would_enrol', 'refused'))
);
create index ix_import_row_file_mark on import_row (file, mark);
-- Sealed pieces do not compress.
alter table import_piece alter column sealed set storage external;
"""
RIGHTS = {
    "import_file": "select, insert, update",
    "import_piece": "select, insert",
    "import_row": "select, insert",
}
FUNCTIONS = f"""
-- What waits for somebody to work on it: the lender that was served least recently comes first.
create function imports_waiting(at timestamptz) returns table (id text, tenant text, lender text)
    language sql stable security definer set search_path = public, pg_temp
    as $$
        select f.id, f.tenant, f.lender from import_file f
        left join (select s.lender, max(s.served_at) as served from import_file s group by s.lender) last
            on last.lender = f.lender
        where f.finished_at is null and (f.lease_until is null or f.lease_until <= at)
        order by last.served nulls first, f.served_at nulls first, f.created_at, f.id
    $$;

create function imports_past(before timestamptz) returns table (id text, tenant text, lender text)
    language sql stable security definer set search_path = public, pg_temp
    as $$
        select f.id, f.tenant, f.lender from import_file f
        where f.finished_at < before and f.wrapped is not null order by f.finished_at limit 100
    $$;

create function end_import(sought text) returns void
    language sql volatile security definer set search_path = public, pg_temp
    as $$
        delete from import_piece p using import_file f
        where f.id = sought and p.file = f.id and f.finished_at is not null
        and f.tenant = {TENANT} and f.lender = {LENDER}
    $$;

create function purge_import(sought text) returns void
    language sql volatile security definer set search_path = public, pg_temp
    as $$
        delete from import_row r using import_file f
        where f.id = sought and r.file = f.id and f.finished_at is not null
        and f.tenant = {TENANT} and f.lender = {LENDER};
        update import_file f set wrapped = null
        where f.id = sought and f.finished_at is not null and f.tenant = {TENANT} and f.lender = {LENDER}
    $$;
"""  # noqa: S608  TENANT and LENDER are our own expressions
SIGNATURES = ("imports_waiting(timestamptz)", "imports_past(timestamptz)", "end_import(text)", "purge_import(text)")


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, TABLES)
    run(connection, FUNCTIONS)
    for table, privileges in RIGHTS.items():
        _secure(connection, table, privileges)
    for function in SIGNATURES:
        run(connection, f"revoke all on function {function} from public")
        run(connection, f"grant execute on function {function} to forbear_api")


def _secure(connection: Connection, table: str, privileges: str) -> None:
    guard(connection, table)
    policy(connection, table, "forbear_api", "all", OF_LENDER)
    run(connection, f"grant {privileges} on {table} to forbear_api")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
