-- Rows of these tables are never changed, by nobody: not by the application, not by the owner of the tables.

create function refuse_change() returns trigger
    language plpgsql
    as $$
    begin
        raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
    end
    $$;
