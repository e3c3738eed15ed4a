"""What an operator sets for a lender: taken when it can be followed, refused with what to give instead."""

from typing import Any

import pytest

from forbear.errors import BadInput, NotFound
from forbear.ledger.lender_policy import Change, changed, tell
from forbear.ledger.tables.people import Lender
from tests.ledger.house import House

OFFICE = {"lines": ["1 Example Plaza"], "city": "New York", "region": "NY", "postal_code": "10001", "country": "US"}


def policy_of(house: House) -> dict[str, Any]:
    with house.worker() as session:
        return dict(session.get_one(Lender, house.lender).policy)


def test_what_is_told_is_kept_beside_what_was(house: House) -> None:
    before = policy_of(house)
    tell(house.migrator, house.lender, Change("limited_content", "Robin Example", "last_four"))
    after = tell(house.migrator, house.lender, Change(address=OFFICE, service="certified"))
    assert after == policy_of(house)
    assert after == before | {
        "voicemail": "limited_content",
        "voicemail_contact": "Robin Example",
        "call_identity": "last_four",
        "post": {"address": OFFICE, "service": "certified"},
    }
    assert tell(house.migrator, house.lender, Change(service="plain"))["post"]["address"] == OFFICE
    assert tell(house.migrator, house.lender, Change(voicemail="none", voicemail_contact=""))["voicemail"] == "none"


@pytest.mark.parametrize("name", ["Robin Example", "Renée O’Neil-Example", "王小明", "J. Example"])
def test_a_humans_name_is_one_in_any_script(name: str) -> None:
    assert changed({}, Change(voicemail_contact=f" {name} "))["voicemail_contact"] == name


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (Change(voicemail="always"), "voicemail"),
        (Change(voicemail="limited_content"), "voicemail_contact"),
        (Change(voicemail_contact="account 7781"), "voicemail_contact"),
        (Change(voicemail_contact="Example " * 10), "voicemail_contact"),
        (Change(call_identity="password"), "call_identity"),
        (Change(service="certified"), "post.address"),
        (Change(address=OFFICE, service="pigeon"), "post.service"),
        (Change(address=OFFICE | {"country": "Freedonia"}), "post.address"),
        (Change(address={"city": "New York", "country": "US"}), "post.address"),
    ],
)
def test_what_cannot_be_followed_is_refused(change: Change, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        changed({"sms_a_day": 1}, change)
    assert refused.value.field == field


def test_a_refusal_changes_nothing_and_an_unknown_lender_is_none(house: House) -> None:
    before = policy_of(house)
    with pytest.raises(BadInput):
        tell(house.migrator, house.lender, Change(call_identity="last_four", voicemail="always"))
    assert policy_of(house) == before
    with pytest.raises(NotFound):
        tell(house.migrator, "len_missing", Change(call_identity="last_four"))
