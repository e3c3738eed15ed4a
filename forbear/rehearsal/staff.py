"""Who works for the rehearsal's lenders, all invented: callers, officers, a supervisor, an operator, legal staff.

They are added as `forbear staff add` does it, each with a password of their own that nobody keeps.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from forbear.ledger import staffing
from forbear.ledger.engine import Ledger, make_engine, must_answer
from forbear.services.house import House


@dataclass(frozen=True, slots=True)
class Post:
    """A place of work, and the name made up for whoever has it."""

    name: str
    role: str
    language: str


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who can sign in."""

    id: str
    role: str
    email: str
    password: str = field(repr=False)


POSTS = (
    Post("Nell Inventley", "caller", "en"),
    Post("虚构话务员", "caller", "zh-Hans"),
    Post("Wystan Makebelieve", "caller", "en"),
    Post("虚构外访员甲", "officer", "zh-Hans"),
    Post("虚构外访员乙", "officer", "zh-Hans"),
    Post("虚构外访员丙", "officer", "zh-Hans"),
    Post("虚构外访员丁", "officer", "zh-Hans"),
    Post("虚构主管", "supervisor", "zh-Hans"),
    Post("Otis Notreally", "operator", "en"),
    Post("虚构法务", "legal", "zh-Hans"),
    Post("Lena Counterfeit", "legal", "en"),
    Post("Ada Notanadvocate", "lawyer", "en"),
)


def hire(house: House, tenant: str) -> list[Employee]:
    """Give each post its person."""
    url = house.settings.database_url_for("migrator")
    engine = make_engine(url)
    try:
        with Ledger.open(house.settings) as ledger, must_answer(url), Session(engine) as session, session.begin():
            return [_add(session, ledger, tenant, number, post) for number, post in enumerate(POSTS, 1)]
    finally:
        engine.dispose()


def of_role(employees: Sequence[Employee], role: str) -> list[Employee]:
    return [each for each in employees if each.role == role]


def _add(session: Session, ledger: Ledger, tenant: str, number: int, post: Post) -> Employee:
    email, password = f"{post.role}.{number}@example.org", secrets.token_urlsafe(18)
    added = staffing.add(
        session,
        ledger.vault,
        tenant=tenant,
        email=email,
        name=post.name,
        roles=[post.role],
        language=post.language,
        now=ledger.clock.now(),
    )
    staffing.set_password(session, ledger.vault, added, password, ledger.clock)
    return Employee(added, post.role, email, password)
