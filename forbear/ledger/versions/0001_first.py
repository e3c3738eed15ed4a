"""The first schema: all tables, who may touch what in them, and what nobody may change.

Tables stand as SQL beside this file. Rights stand here as data: a role has what its line says and nothing else, and
sees only rows that a policy shows it. Every table that names a tenant has row-level security, for its owner too.
"""

from pathlib import Path

from alembic import op
from sqlalchemy import Connection

from forbear.ledger.securing import LENDER, OF_LENDER, OF_TENANT, TENANT, freeze, guard, policy, run

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parent / "first"
FILES = ("people", "accounts", "contacts", "record", "lookups", "guards")
APPEND_ONLY = ("entry", "payment", "decision", "receipt", "past_contact", "audit_row", "audit_seal")

# Role to table to privileges. An update of `created_at` alone is the right to lock the row, not to change it to any use.
RIGHTS: dict[str, dict[str, str]] = {
    "forbear_api": {
        "tenant": "select",
        "lender": "select",
        "api_key": "select, update (last_used_at)",
        "person": "select, insert, update (created_at)",
        "person_match": "select, insert",
        "person_key": "select, insert",
        "profile": "select, insert, update",
        "contact_point": "select, insert, update",
        "consent": "select, insert, update (revoked_at)",
        "agreement": "select, insert",
        "account": "select, insert, update",
        "party": "select, insert",
        "entry": "select, insert",
        "payment": "select, insert",
        "promise": "select, insert, update",
        "stop": "select, insert, update (until, lifted_at)",
        "legal_case": "select",
        # Not `permit`: it names what other lenders did.
        "decision": "select (id, tenant, lender, account, run, number, at, kind, until, rule, reason, step, touch, answer)",
        "touch": "select, update (state, dispatched_at, settled_at, provider_id, code)",
        "receipt": "select, insert",
        "link": "select, update",
        "page_session": "select, insert, update (expires_at)",
        "checkout": "select, insert, update (provider_id, state)",
        "reply": "select, insert, update (needs_human)",
        "suppression": "select, insert, update (lifted_at)",
        "past_contact": "select, insert",
        "outbox": "insert",
        "idempotency": "select, insert",
        "audit_row": "select, insert",
        "clock": "select",
    },
    "forbear_worker": {
        "tenant": "select",
        "lender": "select",
        "person": "select, update (created_at)",
        "person_match": "select",
        "person_key": "select, insert, update (wrapped, erased_at)",
        "profile": "select",
        "contact_point": "select, update (state)",
        "consent": "select, insert, update (revoked_at)",
        "agreement": "select",
        "account": "select, update",
        "party": "select",
        "entry": "select",
        "payment": "select",
        "promise": "select, insert, update (state, settled_at)",
        "stop": "select, insert, update (until, lifted_at)",
        "legal_case": "select, insert, update (state, closed_at)",
        "decision": "select, insert",
        "touch": "select, insert, update",
        "receipt": "select, insert",
        "link": "select, insert, update (expires_at, revoked_at)",
        "checkout": "select, update (provider_id, state)",
        "reply": "select, insert",
        "suppression": "select, insert, update (lifted_at)",
        "past_contact": "select",
        "outbox": "select, insert",
        "audit_row": "select, insert",
        "audit_seal": "select, insert",
        "clock": "select",
    },
    "forbear_relay": {
        "outbox": "select (id, tenant, account, fact, delivered_at), update (delivered_at)",
        "clock": "select",
    },
}
FUNCTIONS: dict[str, str] = {
    "key_owner(text)": "forbear_api",
    "sender_owner(text)": "forbear_api",
    "touch_owner(text)": "forbear_api",
    "checkout_owner(text)": "forbear_api",
    "link_owner(text)": "forbear_api",
    "session_owner(bytea)": "forbear_api",
    "account_owner(text)": "forbear_relay",
    "tenants()": "forbear_worker",
    "persons_sharing(text[])": "forbear_api, forbear_worker",
    "persons_at(bytea)": "forbear_api, forbear_worker",
    "tell_accounts_of(text[], text, timestamptz)": "forbear_api, forbear_worker",
}

# What the API sees where it is not simply its tenant's and lender's rows: operation to condition.
API_ROWS: dict[str, dict[str, str]] = {
    "tenant": {"select": f"id = {TENANT}"},
    "lender": {"select": f"tenant = {TENANT} and id = {LENDER}"},
    "person": {"select": OF_TENANT, "insert": OF_TENANT, "update": OF_TENANT},
    "person_match": {"select": OF_TENANT, "insert": OF_TENANT},
    "outbox": {"insert": OF_TENANT},
    "audit_row": {"select": OF_LENDER, "insert": f"tenant = {TENANT} and (lender is null or lender = {LENDER})"},
}
SHARED = ("clock",)
"""Tables without a tenant."""


def upgrade() -> None:
    connection = op.get_bind()
    for name in FILES:
        run(connection, (FOLDER / f"{name}.sql").read_text())
    for table in sorted({table for tables in RIGHTS.values() for table in tables} - set(SHARED)):
        _secure(connection, table)
    for role, tables in RIGHTS.items():
        for table, privileges in tables.items():
            run(connection, f"grant {privileges} on {table} to {role}")
    for table in APPEND_ONLY:
        freeze(connection, table)
    for function, roles in FUNCTIONS.items():
        run(
            connection,
            f"revoke all on function {function} from public; grant execute on function {function} to {roles}",
        )
    run(connection, "grant select on alembic_version to forbear_api, forbear_worker, forbear_relay")


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")


def _secure(connection: Connection, table: str) -> None:
    guard(connection, table)
    if table in RIGHTS["forbear_api"]:
        for operation, condition in API_ROWS.get(table, {"all": OF_LENDER}).items():
            policy(connection, table, "forbear_api", operation, condition)
    if table in RIGHTS["forbear_worker"]:
        condition = f"id = {TENANT}" if table == "tenant" else OF_TENANT
        policy(connection, table, "forbear_worker", "all", condition)
    if table == "outbox":
        policy(connection, table, "forbear_relay", "all", "true")
