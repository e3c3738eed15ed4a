"""Takes values for the papers of a case: those that some paper has a field for, that fit it, and that are not ours.

What the record supplies is refused when it is typed and not when a packet is due.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from forbear.casework.profile_file import find_profile, names
from forbear.casework.shared import RECORDED, RECORDED_IF_ANY, recorded, shared_fields
from forbear.casework.standing import PLACE
from forbear.documents.fields import Field
from forbear.documents.filling import fill
from forbear.documents.registry import find_kind
from forbear.errors import BadInput
from forbear.ledger.cases import acts
from forbear.ledger.cases.fields import tell_fields as keep
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.cases import CaseFields
from forbear.ports.papers import Unprintable

IN_PART: Final = RECORDED | RECORDED_IF_ANY
"""Rows that are laid beside the record's own, and need not be whole."""


def tell_fields(
    ledger: Ledger,
    session: Session,
    case: str,
    kind: str,
    values: Mapping[str, Any],
    *,
    staff: str | None = None,
    now: datetime,
) -> CaseFields:
    """Keep values for one kind of paper, or for all of a case's; an empty one takes the value away.

    Raises:
        BadInput: naming the first field that cannot be accepted.
        Conflict: the case is closed.
        NotFound: there is no such case.
    """
    account = session.get_one(Account, acts.find(session, case).account)
    check_told(kind, values, account.currency)
    return keep(ledger, session, case, kind, values, staff=staff, now=now)


def check_told(kind: str, values: Mapping[str, Any], currency: str) -> None:
    """Pass values that papers of packets have fields for.

    Raises:
        BadInput: naming the first that no paper has, that the record supplies, or that does not fit its field.
    """
    fields = _fields(kind)
    for name, value in values.items():
        if name not in fields:
            raise BadInput(f"fields.{name}", "is no field of such papers", "See 'forbear letters show KIND'.")
        if value in (None, "", []):
            continue
        if name in recorded() and name not in IN_PART:
            raise BadInput(f"fields.{name}", "is the record's own", "Leave it out: the record says it.")
        if name not in IN_PART and not any(PLACE.search(text) for text in _texts(value)):
            _fits(fields[name], name, value, currency)


def _fits(field: Field, name: str, value: Any, currency: str) -> None:
    for flaw in fill({name: field}, {name: value}, currency)[1]:
        raise BadInput(f"fields.{flaw.field}", flaw.problem, flaw.remedy)


def _fields(kind: str) -> Mapping[str, Field]:
    """The fields of a kind, or of every paper of packets and what is read for all of them."""
    if kind:
        try:
            return {**shared_fields(), **find_kind(kind).fields}
        except Unprintable:
            raise BadInput("kind", "is no paper", "Name a kind of paper, or none for all of them.") from None
    kinds = {part.paper for each in names() for part in find_profile(each).parts if part.paper}
    own: dict[str, Field] = {}
    for each in sorted(kinds):
        own |= find_kind(each).fields
    return {**own, **shared_fields()}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
