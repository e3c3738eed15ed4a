"""Postal addresses of people and of their lender, written as an enrolment and an operator write them."""

from typing import Any, Final

from sqlalchemy import create_engine, insert, select, update

from forbear.ledger.addresses import PostalAddress, key_form
from forbear.ledger.ids import new_id
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from tests.ledger.installed import CHICAGO, Installed

OFFICE: Final = {
    "lines": ["1 Example Plaza"],
    "city": "New York",
    "region": "NY",
    "postal_code": "10001",
    "country": "US",
}


def home(*lines: str, city: str = "Chicago", region: str = "IL", code: str = "60601") -> PostalAddress:
    return PostalAddress(lines=list(lines), city=city, region=region, postal_code=code, country="US")


def lives_at(house: Installed, person: str, written: PostalAddress, *, zone: str | None = CHICAGO) -> str:
    """Give a person a postal address; its id."""
    point, text = new_id("pt"), written.model_dump_json()
    with house.api() as session:
        vault = house.ledger.vault
        values: dict[str, Any] = {
            "id": point,
            "tenant": house.tenant,
            "lender": house.lender,
            "person": person,
            "kind": "postal",
            "value": vault.seal(session, tenant=house.tenant, lender=house.lender, person=person, text=text),
            "address_key": vault.address_key(house.tenant, "postal", key_form("postal", text)),
            "place": "residence",
            "state": "valid",
            "zone": zone,
            "zone_evidence": "address" if zone else None,
            "country": written.country,
            "clues": [],
            "created_at": house.now,
        }
        session.execute(insert(ContactPoint).values(**values))
    return point


def is_called(house: Installed, person: str, name: str) -> None:
    with house.api() as session:
        sealed = house.ledger.vault.seal(session, tenant=house.tenant, lender=house.lender, person=person, text=name)
        assert session.scalars(select(Profile.id).where(Profile.person == person)).first()
        session.execute(update(Profile).where(Profile.person == person).values(name=sealed))


def lender_chooses(house: Installed, policy: dict[str, Any]) -> None:
    """Set the lender's policy."""
    owner = create_engine(house.migrator)
    with owner.begin() as connection:
        connection.execute(update(Lender).where(Lender.id == house.lender).values(policy=policy))
    owner.dispose()
