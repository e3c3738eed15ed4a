"""How migrations guard tables: row-level security for everybody, the owner too, and rows that nobody may change.

A migration says in data which role may do what with which rows; these few functions write it as SQL.
"""

from sqlalchemy import Connection

TENANT = "nullif(current_setting('forbear.tenant', true), '')"
LENDER = "nullif(current_setting('forbear.lender', true), '')"
OF_TENANT = f"tenant = {TENANT}"
OF_LENDER = f"tenant = {TENANT} and lender = {LENDER}"


def run(connection: Connection, sql: str) -> None:
    """Run statements as they stand, percent signs and all."""
    connection.execution_options(no_parameters=True).exec_driver_sql(sql)


def guard(connection: Connection, table: str) -> None:
    """Turn row-level security on, for the owner too, and let the migrator alone see all rows."""
    run(connection, f"alter table {table} enable row level security; alter table {table} force row level security")
    run(connection, f"create policy owner on {table} to forbear_migrator using (true) with check (true)")


def policy(connection: Connection, table: str, role: str, operation: str, condition: str) -> None:
    """Show a role the rows that meet a condition, for one operation or for `all`."""
    using = "" if operation == "insert" else f" using ({condition})"
    check = "" if operation == "select" else f" with check ({condition})"
    run(connection, f"create policy {role}_{operation} on {table} for {operation} to {role}{using}{check}")


def freeze(connection: Connection, table: str) -> None:
    """Refuse every change of rows that were written."""
    run(
        connection,
        f"create trigger append_only before update or delete or truncate on {table} "
        f"for each statement execute function refuse_change(); "
        f"alter table {table} enable always trigger append_only",
    )
