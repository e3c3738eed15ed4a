"""One row in every table for each of three lenders of two tenants, made from the tables' own shape."""

# ruff: noqa: S608  the statements name our own tables

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import ARRAY, Boolean, Column, Connection, Date, DateTime, Integer, LargeBinary, Numeric, Table, insert
from sqlalchemy.dialects.postgresql import JSONB

from forbear.ledger.engine import make_engine
from forbear.ledger.migrate import METADATA
from forbear.settings import Settings

Owner = tuple[str, str]
"""Tenant and lender."""
NORTH, SOUTH, ABROAD = ("ten_a", "len_north"), ("ten_a", "len_south"), ("ten_b", "len_abroad")
"""Two lenders of one tenant, and one of another."""
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHECKED = {
    ("account", "state"): "open",
    ("promise", "state"): "open",
    ("contact_point", "state"): "valid",
    ("touch", "state"): "claimed",
    ("suppression", "scope"): "number",
    ("entry", "component"): "principal",
    ("entry", "kind"): "opening",
    ("payment", "reverses"): None,
    ("import_file", "state"): "received",
    ("import_row", "status"): "enrolled",
    ("letter_run_item", "state"): "waiting",
    ("letter_run_item", "code"): None,
    ("paper_approval", "role"): "operator",
    ("task", "kind"): "call",
    ("task", "state"): "open",
    ("visit", "state"): "requested",
    ("visit_check_in", "nearness"): "near",
    ("handed_over", "taken_by"): "borrower",
    ("visit_evidence", "kind"): "photo",
    ("visit_evidence", "hashed_by"): "phone",
    ("custody", "act"): "received",
    ("incident", "kind"): "call",
    ("call", "direction"): "outbound",
    ("call", "reached"): "greeted",
    ("letter", "service"): "plain",
    ("service_proof", "kind"): "posted",
    ("service_proof", "level"): "scanned",
    ("legal_case", "kind"): "suit",
    ("legal_case", "state"): "open",
    ("legal_case", "stage"): "",
    ("legal_case", "assignee"): None,
    ("legal_case", "path"): None,
    ("legal_case", "next_at"): None,
    ("guarantee", "kind"): "joint",
    ("guarantee", "agreed_months"): None,
    ("case_clock", "nature"): "deadline",
    ("case_clock", "state"): "running",
    ("case_file", "state"): "kept",
    ("case_clock", "reckoned"): [],
    ("case_service", "files"): [],
    ("packet", "state"): "asked",
    ("packet", "sha256"): None,
    ("packet", "stored"): [],
    ("packet", "missing"): [],
    ("case_run", "refused"): [],
    ("packet_review", "verdict"): "downloaded",
    ("packet_review", "staff"): None,
    ("webhook_message", "given_up_at"): None,
    **{(table, "takes_back"): None for table in ("case_fact", "case_service", "case_cost")},
}
IDENTITIES = ("outbox", "audit_row", "audit_seal")
FROZEN = (
    "loan_terms",
    "entry",
    "payment",
    "decision",
    "receipt",
    "past_contact",
    "event",
    "service_proof",
    "call_step",
    "staff_act",
    *("paper_approval", "paper_fields"),
    *("visit_plan", "visit_place", "visit_check_in", "visit_report", "visit_signature", "handed_over"),
    *("visit_evidence", "custody"),
    *("case_fact", "case_fields", "case_decision", "guarantee", "case_service", "packet_review", "case_cost"),
    "audit_row",
    "audit_seal",
    "rule_pack",
    "rule_calendar",
)
NOBODYS = ("clock", "rule_pack", "rule_calendar")
"""Tables without a tenant."""


def row_id(table: str, owner: Owner) -> str:
    return f"{table}-{owner[1]}"


def values(table: Table, owner: Owner, *, again: str = "") -> dict[str, Any]:
    """A row of this owner; `again` tells a second one from the first in all that must be unique."""
    row = {column.name: _value(table, column, owner, again) for column in table.columns}
    if table.name in IDENTITIES:
        del row["id"]
    if table.name == "tenant":
        row["id"] = owner[0] + again
    if table.name == "lender":
        row["id"] = owner[1] + again
    return row


def _value(table: Table, column: Column[Any], owner: Owner, again: str) -> Any:
    if (table.name, column.name) in CHECKED:
        return CHECKED[table.name, column.name]
    for key in column.foreign_keys:
        return row_id(key.column.table.name, owner)
    if column.name in {"tenant", "lender"}:
        return owner[0] if column.name == "tenant" else owner[1]
    if column.name == "id":
        return row_id(table.name, owner) + again
    return _of_type(column, f"{owner[1]}{again}-{column.name}")


def _of_type(column: Column[Any], text: str) -> Any:
    if isinstance(column.type, ARRAY):
        return [text]
    simple: list[tuple[type, Any]] = [
        (DateTime, NOON),
        (Date, date(2026, 3, 2)),
        (Numeric, Decimal("12.5")),
        (Boolean, False),
        (Integer, sum(text.encode())),
        (LargeBinary, text.encode()),
        (JSONB, {"of": text}),
    ]
    return next((made for kind, made in simple if isinstance(column.type, kind)), text)


def fill(connection: Connection) -> None:
    """Write the rows, as the migrator."""
    for owner in (NORTH, SOUTH, ABROAD):
        for table in METADATA.sorted_tables:
            if table.name == "clock" or (table.name == "tenant" and owner == SOUTH):
                continue
            connection.execute(insert(table).values(values(table, owner)))


def emptied(shared: Settings, data: Path) -> Settings:
    """A file's database without any row, as if it were new, and a data folder of the test's own.

    A database for each test would cost more than the tests.
    """
    guard = "alter table {0} {1} trigger append_only"
    statements = [
        *(guard.format(table, "disable") for table in FROZEN),
        *(f"delete from {table}" for table in reversed(METADATA.sorted_tables)),
        "set constraints all immediate",
        *(f"alter table {table} alter column id restart" for table in IDENTITIES),
        *(guard.format(table, "enable always") for table in FROZEN),
    ]
    with make_engine(shared.database_url_for("migrator")).begin() as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(";".join(statements))
    return shared.model_copy(update={"data": data})
