"""Rows of a case belong to its lender, a packet is approved by a review and by nothing else, and alarms may be void.

What the gate and the acts of `forbear.ledger.cases` see to, the database sees to besides, whoever writes. An alarm whose
clock said something else afterwards is void: when the clock comes back to that day, people are told anew.
"""

from alembic import op

from forbear.ledger.securing import run

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SQL = """
    alter table clock_alarm add column void_at timestamptz;
    alter table clock_alarm drop constraint uq_clock_alarm_clock_last_day_rung;
    create unique index uq_clock_alarm_standing on clock_alarm (clock, last_day, rung) where void_at is null;
    grant update (void_at) on clock_alarm to forbear_worker;

    -- With the rights of whoever writes: a lender's program sees no case but its own lender's.
    create function of_its_case() returns trigger
        language plpgsql set search_path = public, pg_temp
        as $$
        begin
            if not exists (
                select from legal_case c
                where c.id = new.legal_case and c.tenant = new.tenant and c.lender = new.lender
            ) then
                raise exception 'a row of a case belongs to its lender' using errcode = 'insufficient_privilege';
            end if;
            return new;
        end
        $$;
    create function of_its_account() returns trigger
        language plpgsql set search_path = public, pg_temp
        as $$
        begin
            if not exists (
                select from account a where a.id = new.account and a.tenant = new.tenant and a.lender = new.lender
            ) then
                raise exception 'a row of an account belongs to its lender' using errcode = 'insufficient_privilege';
            end if;
            return new;
        end
        $$;
    create function of_its_packet() returns trigger
        language plpgsql set search_path = public, pg_temp
        as $$
        begin
            if not exists (
                select from packet p where p.id = new.packet and p.tenant = new.tenant and p.lender = new.lender
            ) then
                raise exception 'a review belongs to its packet''s lender' using errcode = 'insufficient_privilege';
            end if;
            return new;
        end
        $$;
    create function packet_goes_its_way() returns trigger
        language plpgsql set search_path = public, pg_temp
        as $$
        begin
            if current_user = 'forbear_migrator' then
                return new;
            end if;
            if tg_op = 'INSERT' then
                if new.state <> 'asked' or new.sha256 is not null then
                    raise exception 'a packet begins by being asked for' using errcode = 'insufficient_privilege';
                end if;
                return new;
            end if;
            if (new.id, new.legal_case, new.profile, new.cut_off, new.asked_by, new.tenant, new.lender)
                    is distinct from
                    (old.id, old.legal_case, old.profile, old.cut_off, old.asked_by, old.tenant, old.lender)
                or old.sha256 is not null
                    and (new.sha256, new.snapshot, new.stored, new.file_key, new.draft, new.missing, new.court)
                        is distinct from
                        (old.sha256, old.snapshot, old.stored, old.file_key, old.draft, old.missing, old.court)
            then
                raise exception 'a packet that was made stays as it is' using errcode = 'insufficient_privilege';
            end if;
            if new.state = old.state then
                return new;
            end if;
            if new.state = 'approved' and (
                old.state <> 'prepared' or new.draft or jsonb_array_length(new.missing) > 0 or not exists (
                    select from packet_review r
                    where r.packet = new.id and r.verdict = 'approved' and r.sha256 = new.sha256
                        and r.staff is not null and r.staff is distinct from new.asked_by
                )
            ) then
                raise exception 'a packet is approved by a review of somebody who did not prepare it'
                    using errcode = 'insufficient_privilege';
            end if;
            if new.state = 'filed' and old.state <> 'approved' then
                raise exception 'only an approved packet is filed' using errcode = 'insufficient_privilege';
            end if;
            return new;
        end
        $$;
    create trigger packet_goes_its_way before insert or update on packet
        for each row execute function packet_goes_its_way();
    create trigger of_its_packet before insert on packet_review for each row execute function of_its_packet();
    create trigger of_its_case before insert on case_service
        for each row when (new.legal_case is not null) execute function of_its_case();
"""
OF_CASES = (
    *("case_fact", "case_fields", "case_decision", "case_clock", "clock_alarm", "case_file", "packet", "case_cost"),
)
OF_ACCOUNTS = ("legal_case", "guarantee", "case_service")
TAKEN_BACK = """
    create function {table}_takes_back_its_own() returns trigger
        language plpgsql set search_path = public, pg_temp
        as $$
        begin
            if not exists (select from {table} t where t.id = new.takes_back and {same}) then
                raise exception 'only a row of the same case is taken back' using errcode = 'insufficient_privilege';
            end if;
            return new;
        end
        $$;
    create trigger takes_back_its_own before insert on {table}
        for each row when (new.takes_back is not null) execute function {table}_takes_back_its_own();
"""
SAME = {
    "case_fact": "t.legal_case = new.legal_case",
    "case_cost": "t.legal_case = new.legal_case",
    "case_service": "t.account = new.account and t.legal_case is not distinct from new.legal_case",
}
"""What a row and the one that it takes back have in common."""


def upgrade() -> None:
    connection = op.get_bind()
    run(connection, SQL)
    for table in OF_CASES:
        run(
            connection,
            f"create trigger of_its_case before insert on {table} for each row execute function of_its_case()",
        )
    for table in OF_ACCOUNTS:
        run(
            connection,
            f"create trigger of_its_account before insert on {table} for each row execute function of_its_account()",
        )
    for table, same in SAME.items():
        run(connection, TAKEN_BACK.format(table=table, same=same))


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
