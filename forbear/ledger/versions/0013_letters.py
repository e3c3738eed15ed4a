"""Letters: what was printed for whom, and the proof of its service.

A provider's event names a letter by the provider's own id; whose touch that is, a function answers with ids only.
"""

from alembic import op

from forbear.ledger.securing import OF_LENDER, OF_TENANT, freeze, guard, policy, run

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SQL = """
    create table letter (
        id text not null, tenant text not null, lender text not null, touch text not null, account text not null,
        person text not null, provider text not null, service text not null, address bytea not null, sha256 text,
        pages integer, cost numeric(20, 4), currency text, tracking_number text, made_at timestamptz not null,
        asked_at timestamptz, recalled_at timestamptz, ended_at timestamptz,
        constraint pk_letter primary key (id),
        constraint fk_letter_touch foreign key (touch) references touch (id),
        constraint fk_letter_account foreign key (account) references account (id),
        constraint fk_letter_person foreign key (person) references person (id),
        constraint uq_letter_touch unique (touch),
        constraint ck_letter_service check (service in ('plain', 'registered', 'certified'))
    );
    create index ix_letter_account on letter (account);
    create index ix_letter_under_way on letter (tenant, made_at) where ended_at is null;
    create table service_proof (
        id text not null, tenant text not null, lender text not null, letter text not null, touch text not null,
        account text not null, person text not null, kind text not null, level text not null, at timestamptz not null,
        told_at timestamptz not null, source text not null, event text not null, code text, tracking_number text,
        constraint pk_service_proof primary key (id),
        constraint fk_service_proof_letter foreign key (letter) references letter (id),
        constraint fk_service_proof_touch foreign key (touch) references touch (id),
        constraint fk_service_proof_account foreign key (account) references account (id),
        constraint fk_service_proof_person foreign key (person) references person (id),
        constraint uq_service_proof_letter_kind_event unique (letter, kind, event),
        constraint ck_service_proof_kind
            check (kind in ('posted', 'tracked', 'signed', 'refused', 'returned', 'read')),
        constraint ck_service_proof_level check (level in ('scanned', 'inferred', 'reported'))
    );
    create index ix_service_proof_account on service_proof (account);
    create function letter_owner(by_provider text, sought text) returns table (tenant text, lender text, touch text)
        language sql stable security definer set search_path = public, pg_temp
        as $$ select t.tenant, t.lender, t.id from touch t
              where t.provider = by_provider and t.provider_id = sought and t.channel = 'letter' $$;
    revoke all on function letter_owner(text, text) from public;
    grant execute on function letter_owner(text, text) to forbear_api;
    grant select, update (cost, currency, tracking_number, ended_at) on letter to forbear_api, forbear_staff;
    grant select, insert, update on letter to forbear_worker;
    grant select, insert on service_proof to forbear_api, forbear_worker, forbear_staff;
"""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in ("letter", "service_proof"):
        guard(connection, table)
        policy(connection, table, "forbear_api", "all", OF_LENDER)
        policy(connection, table, "forbear_worker", "all", OF_TENANT)
        policy(connection, table, "forbear_staff", "all", OF_TENANT)
    freeze(connection, "service_proof")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
