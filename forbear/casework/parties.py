"""Who claims and who is claimed against: from the lender's entity and the parties' profiles, with full numbers.

What a lender tells of a party besides (sex, employer, domicile by the register …) comes as rows of the same fields and
is laid beside the record by name. The record's own columns are never overwritten: what differs is said.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from forbear.casework.found import Found
from forbear.casework.record import CaseRecord, Somebody
from forbear.documents.addressing import phone_at_home
from forbear.errors import BadInput
from forbear.ledger.addresses import PostalAddress
from forbear.ledger.lender_entity import entity_of
from forbear.ledger.papers import addressed, head_of_lender
from forbear.ledger.persons import same_name
from forbear.ports.papers import LetterHead

GROUP: Final = "parties"
OWN: Final = ("name", "birth_date", "id_number")
"""Columns that the record alone says."""
RUN_ON: Final = frozenset({"CN", "TW"})
SIDES: Final = ("claimant", "respondent", "third")
Row = dict[str, Any]


def find_parties(record: CaseRecord, known: Mapping[str, Any], found: Found) -> None:
    """Give the rows of claimants and respondents."""
    creditor = record.somebody(record.case.creditor or "")
    if record.case.creditor and creditor is None:
        found.lack(
            "claimant", "the guarantor who claims is no party of the account", "Name them on the account", "lender"
        )
    if creditor is None:
        claimants = known.get("claimant_persons"), known.get("claimant_organisations")
        found.give(GROUP, {"claimant_persons": claimants[0], "claimant_organisations": claimants[1] or (
            None if claimants[0] else [_entity(record)])})  # fmt: skip
    else:
        _give(found, "claimant", known, [creditor])
    answering = respondents(record)
    if not answering:
        found.lack("respondent", "nobody on the account answers for the debt", "Name the borrower on it", "lender")
    _give(found, "respondent", known, answering)
    found.give(GROUP, {name: known.get(name) for name in ("third_persons", "third_organisations")})


def respondents(record: CaseRecord) -> list[Somebody]:
    """Who is claimed against: for a guarantor who paid, the borrowers and who secured that guarantor.

    A guarantor whose period has lapsed owes nothing any more, and one of whom no guarantee is known is not claimed
    against.
    """
    recourse = record.case.creditor is not None
    bound = {each.person: each for each in record.guarantees}
    lapsed = {each.subject for each in record.clocks if each.kind == "guarantee" and each.state == "lapsed"}

    def answers(each: Somebody) -> bool:
        if each.person == record.case.creditor:
            return False
        if each.role in {"borrower", "co_borrower"}:
            return True
        guarantee = bound.get(each.person)
        return guarantee is not None and guarantee.counter is recourse and each.person not in lapsed

    seen = dict[str, Somebody]()
    for each in record.people:
        if answers(each):
            seen.setdefault(each.person, each)
    return list(seen.values())


def _give(found: Found, side: str, known: Mapping[str, Any], people: Iterable[Somebody]) -> None:
    persons, organisations = f"{side}_persons", f"{side}_organisations"
    told = {name: _rows(known.get(name)) for name in (persons, organisations)}
    rows: dict[str, list[Row]] = {persons: [], organisations: []}
    matched = 0
    for each in people:
        beside, place = _beside(each.name, told, persons, organisations)
        matched += beside is not None
        own = _organisation(each) if place == organisations else _person(each)
        rows[place].append(_merged(found, f"{place}.{len(rows[place])}", own, beside or {}))
        if not each.name:
            found.lack(
                f"field:{place}.{len(rows[place]) - 1}.name", "a party has no name", "Tell the party anew", "lender"
            )
    if matched < sum(map(len, told.values())):
        found.lack(
            f"field:{persons}",
            "what was told names somebody who is no such party of the account",
            "Write the name as on the account, or tell the account's parties",
            "lender",
        )
    found.give(GROUP, rows)


def _beside(name: str, told: Mapping[str, list[Row]], persons: str, organisations: str) -> tuple[Row | None, str]:
    """What was told of somebody of that name, and whether as of a person or of an organisation."""
    for place in (persons, organisations):
        for row in told[place]:
            if same_name(str(row.get("name", ""))) == same_name(name):
                return row, place
    return None, persons


def _rows(told: object) -> list[Row]:
    return [dict(each) for each in told if isinstance(each, Mapping)] if isinstance(told, list | tuple) else []


def _merged(found: Found, path: str, own: Row, beside: Row) -> Row:
    """The record's row with what it does not say itself."""
    for column in OWN:
        if own.get(column) and beside.get(column) and column != "name" and str(beside[column]) != str(own[column]):
            found.lack(
                f"field:{path}.{column}",
                "was told otherwise than the account has it",
                "Leave it out, or correct the account",
                "lender",
            )
    kept = {column: own[column] for column in OWN if own.get(column)}
    return {name: value for name, value in {**own, **beside, **kept}.items() if value not in (None, "")}


def _person(each: Somebody) -> Row:
    return {
        "role": each.role,
        "name": each.name,
        "birth_date": each.birth_date,
        "phone": phone_at_home(each.phone, each.address.country if each.address else ""),
        "domicile": written(each.address),
        "id_number": each.id_number,
        "email": each.email,
    }


def _organisation(each: Somebody) -> Row:
    return {"role": each.role, "name": each.name, "domicile": written(each.address), "code": each.id_number,
            "email": each.email}  # fmt: skip


def _entity(record: CaseRecord) -> Row:
    """The lender as a claimant; where nobody told its seat, that is the address on its letters."""
    entity: Row = dict(entity_of(record.lender))
    if "domicile" not in entity:
        try:
            at = head_of_lender(record.lender).address
        except BadInput:
            return entity
        if at is not None:
            entity["domicile"] = written(
                PostalAddress(lines=list(at.lines), city=at.city, country=at.country, region=at.region or None,
                              postal_code=at.postal_code or None)
            )  # fmt: skip
    return entity


def written(at: PostalAddress | None) -> str:
    """An address in one line, as its country writes it."""
    if at is None:
        return ""
    if at.country in RUN_ON:
        region = at.region if at.region and at.region != at.city else ""
        return "".join((region, at.city, *at.lines))
    return ", ".join(part for part in (*at.lines, at.city, f"{at.region or ''} {at.postal_code or ''}".strip()) if part)


def head_of(record: CaseRecord, found: Found) -> LetterHead:
    """Whose letterhead it is: the lender's, or the guarantor's who claims."""
    creditor = record.somebody(record.case.creditor or "")
    if creditor is not None:
        at = creditor.address
        return LetterHead(creditor.name, creditor.phone, addressed(creditor.name, at) if at else None)
    try:
        return head_of_lender(record.lender)
    except BadInput as no:
        found.lack("letterhead", no.problem, "Give it one: forbear lender set --post-line …", "operator")
        return LetterHead(record.lender.name, record.lender.phone)
