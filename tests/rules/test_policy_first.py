"""The product's own answer where a law's is asked by nobody yet: who owes nothing, and what must be told first."""

from typing import Any

import pytest

from forbear.rules.cases import packs_on
from forbear.rules.sentences import of_rule
from tests.rules.asking import CALL, PRODUCT, VISIT, Json, case, consent, weigh


def elsewhere(now: str, attempt: Json, *where: Any, **changes: Any) -> set[str]:
    """The rules that deny an attempt under the product's limits; `where` is jurisdictions, zone and the lender's role."""
    jurisdictions, zone, role = where
    given = case(now, attempt, role=role, agreements=[consent()], policy=PRODUCT)
    given["person"] |= {"jurisdictions": jurisdictions, "places": [{"kind": "address", "zone": zone}]}
    given["person"]["events"] = [{"kind": kind, "at": at} for kind, at in changes.get("events", ())]
    for debt in given["debts"]:
        debt |= {"kind": changes.get("kind", "credit_card"), "balance_as_of": now}
    return set(weigh(given).rules)


@pytest.mark.parametrize("party", ["contact", "spouse"])
@pytest.mark.parametrize(
    "place",
    [
        (["GB-EAW"], "Europe/London", "2026-12-01T10:00:00+00:00"),
        (["CN"], "Asia/Shanghai", "2026-12-01T10:00:00+08:00"),
        (["PH"], "Asia/Manila", "2026-12-01T10:00:00+08:00"),
        (["SG"], "Asia/Singapore", "2026-12-01T10:00:00+08:00"),
        (["US", "US-TX"], "America/Chicago", "2026-12-01T10:00:00-06:00"),
        (["IN"], "Asia/Kolkata", "2026-12-01T10:00:00+05:30"),
    ],
)
def test_who_owes_nothing_is_never_collected_from(party: str, place: tuple[list[str], str, str]) -> None:
    jurisdictions, zone, now = place
    call = CALL | {"party": party, "to": "x1"}
    unreachable = [("debtor_unreachable", "2026-11-25T10:00:00+00:00")]
    asked: list[Any] = [jurisdictions, zone, "third_party_collector"]
    assert "POLICY.THIRD" in elsewhere(now, call, *asked, events=unreachable)
    assert "POLICY.THIRD" in elsewhere(now, call | {"purpose": "relay"}, *asked)
    assert "POLICY.THIRD" not in elsewhere(now, call | {"purpose": "relay"}, *asked, events=unreachable)
    assert "POLICY.THIRD" not in elsewhere(now, call | {"party": "co_debtor"}, *asked)


FIRST = {
    "POLICY.ASSIGNED": (
        ("2026-12-01T10:00:00+08:00", CALL, ["CN"], "Asia/Shanghai", "debt_buyer"),
        "assignment_notice_received",
    ),
    "POLICY.VISIT.NOTICE": (
        ("2026-12-01T10:00:00+00:00", VISIT, ["GB-SCT"], "Europe/London", "original_creditor"),
        "visit_notice_received",
    ),
    "POLICY.MEDICAL.NYC": (
        ("2027-01-04T10:00:00-05:00", CALL, ["US", "US-NY", "US-NYC"], "America/New_York", "original_creditor"),
        "medical_aid_explained",
    ),
}


@pytest.mark.parametrize("rule", FIRST)
def test_what_must_come_first_holds_until_it_is_told(rule: str) -> None:
    asked, event = FIRST[rule]
    now, attempt, _, _, role = asked
    assert rule in elsewhere(*asked, kind="medical")
    assert rule not in elsewhere(*asked, kind="medical", events=[(event, now)])
    assert rule not in elsewhere(now, attempt, ["SG"], "Asia/Singapore", role, kind="medical")
    (terms,) = packs_on(None).versions_of(rule)
    assert of_rule(terms, "en", None).startswith("there is contact only after "), "a wait of no days is told as none"


def test_the_citys_medical_debts_are_free_of_it_in_the_old_year() -> None:
    city = (["US", "US-NY", "US-NYC"], "America/New_York", "original_creditor")
    found = elsewhere("2026-12-31T15:00:00-05:00", CALL, *city, kind="medical")
    assert "POLICY.MEDICAL.NYC" not in found
