"""The database roles and databases of one installation, made on first start and confirmed on every later one.

The application is never a superuser: five roles log in, none may pass row-level security or inherit another's
rights, and the migrator owns the database.
"""

from collections.abc import Mapping
from typing import get_args

from psycopg import Connection, sql

from forbear.settings import Role, Settings

ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS = sql.SQL("login nosuperuser nobypassrls noinherit nocreatedb nocreaterole noreplication")


def role_name(role: Role) -> str:
    return f"forbear_{role}"


def passwords(settings: Settings) -> dict[Role, str]:
    """The password of each role, as the settings name them."""
    given = {
        "migrator": settings.password_migrator,
        "api": settings.password_api,
        "worker": settings.password_worker,
        "relay": settings.password_relay,
        "staff": settings.password_staff,
    }
    return {role: given[role].get_secret_value() for role in ROLES}


def provide_roles(connection: Connection, secrets: Mapping[Role, str]) -> None:
    """Create the roles, or bring their rights and passwords up to the settings."""
    known = {row[0] for row in connection.execute("select rolname from pg_roles")}
    for role in ROLES:
        name = role_name(role)
        # The server gets the verifier, never the password: a statement may end up in a log.
        verifier = connection.pgconn.encrypt_password(secrets[role].encode(), name.encode(), b"scram-sha-256").decode()
        verb = sql.SQL("alter role" if name in known else "create role")
        connection.execute(
            sql.SQL("{} {} with {} password {}").format(verb, sql.Identifier(name), RIGHTS, sql.Literal(verifier))
        )


def provide_database(connection: Connection, name: str, template: str | None = None) -> None:
    """Create a database that the migrator owns and the other roles may enter, unless it exists."""
    if connection.execute("select from pg_database where datname = %s", [name]).fetchone() is None:
        source = sql.SQL("template {} strategy file_copy").format(sql.Identifier(template)) if template else sql.SQL("")
        connection.execute(
            sql.SQL("create database {} owner {} {}").format(
                sql.Identifier(name), sql.Identifier(role_name("migrator")), source
            )
        )
    connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
    others = sql.SQL(", ").join(sql.Identifier(role_name(role)) for role in ROLES if role != "migrator")
    connection.execute(sql.SQL("grant connect on database {} to {}").format(sql.Identifier(name), others))


def drop_database(connection: Connection, name: str) -> None:
    """Remove a database, ending whoever is still in it."""
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
