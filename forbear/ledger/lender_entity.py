"""Who a lender is before a court: the name, seat, head and code of its legal entity, kept in its policy.

A letter's head says who writes; a claim says who claims, and a court reads it against the register of companies.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select, update

from forbear.errors import BadInput, NotFound
from forbear.ledger.engine import make_engine, must_answer
from forbear.ledger.tables.people import Lender

ENTITY: Final = "entity"
"""In a lender's policy."""
KEYS: Final[Mapping[str, int]] = {
    "name": 120,
    "domicile": 160,
    "registered_at": 160,
    "head_name": 80,
    "head_title": 40,
    "head_phone": 40,
    "code": 40,
    "org_type": 40,
    "ownership": 40,
    "email": 120,
}
"""What may be told, and how many signs of it: the columns of claimants that are organisations."""


def entity_of(lender: Lender) -> dict[str, str]:
    """What was told of a lender's legal entity; its name is the lender's where no other was told."""
    told: object = lender.policy.get(ENTITY)
    kept: dict[str, Any] = told if isinstance(told, dict) else {}  # pyright: ignore[reportUnknownVariableType]  as the database has it
    found = {name: str(kept[name]) for name in KEYS if isinstance(kept.get(name), str) and kept[name]}
    return {"name": lender.name, **found}


def changed_entity(before: object, told: Mapping[str, str]) -> dict[str, str]:
    """The entity with a change; an empty value takes one away.

    Raises:
        BadInput: something is told that no entity has, or at too great a length.
    """
    after: dict[str, str] = dict(before) if isinstance(before, dict) else {}  # pyright: ignore[reportUnknownArgumentType]  as the database has it
    for name, value in told.items():
        if name not in KEYS:
            raise BadInput(f"entity.{name}", "is nothing that we keep of a lender", f"Use {', '.join(KEYS)}")
        text = " ".join(value.split())
        if len(text) > KEYS[name] or not text.isprintable():
            raise BadInput(
                f"entity.{name}", f"is no line of at most {KEYS[name]} signs", "Give it as the register has it"
            )
        after[name] = text
    return {name: value for name, value in after.items() if value}


def tell_entity(database_url: str, lender: str, told: Mapping[str, str]) -> dict[str, str]:
    """Change what is kept of a lender's legal entity, as the migrator; returns the whole of it.

    Raises:
        NotFound: there is no such lender.
        BadInput: something that cannot be kept.
    """
    with must_answer(database_url), make_engine(database_url).begin() as connection:
        policy = connection.execute(
            select(Lender.policy).where(Lender.id == lender).with_for_update()
        ).scalar_one_or_none()
        if policy is None:
            raise NotFound(f"No lender {lender}: add it first")
        entity = changed_entity(policy.get(ENTITY), told)
        connection.execute(update(Lender).where(Lender.id == lender).values(policy={**policy, ENTITY: entity}))
    return entity
