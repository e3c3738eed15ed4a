"""Every packet profile can be fulfilled: a case that has all it asks for lacks nothing, and nothing of it is left out."""

from dataclasses import replace
from typing import Any

import pytest

from forbear.casework.profile_file import find_profile, names
from tests.casework.conftest import NOW
from tests.casework.filing import TODAY, Filing
from tests.conftest import Hands

FILED = ("filing_accepted", {"case_no": "(2026) 00-0001"})
ORDERED: tuple[str, dict[str, Any]] = ("order_applied", {})
HAPPENED: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "cn.confirmation": (("mediation_agreed", {"perform_by": "2026-04-01", "case_no": "T-1"}),),
    "cn.enforcement": (("judgment_final", {"perform_by": "2026-03-01", "case_no": "X-1"}),),
    "cn.withdrawal": (FILED,),
    "us.default": (FILED, ("served", {}), ("default", {})),
    "us.dismissal": (FILED,),
    "gb.mediation": (FILED,),
    "gb.discontinuance": (FILED,),
}
TOLD: dict[str, dict[str, Any]] = {
    "cn.confirmation": {"terms": [{"text": "李玥镕于2026年4月1日前一次性归还借款。"}], "payments": "", "planned": ""},
    "cn.withdrawal": {"reason": "settled", "settled_on": str(TODAY)},
    "us-ca.suit": {"cause": "Breach of contract"},
    "us.default": {"limitation_basis": "the day of the first payment that was missed"},
    "us.dismissal": {"reason": "settled", "settled_on": str(TODAY)},
    "gb.claim": {"regulated": False},
    "gb.discontinuance": {"reason": "settled", "settled_on": str(TODAY)},
}
SLOTS = {
    "cn.enforcement": ("judgment",),
    "us.default": ("scra_certificate",),
    "cn.suit": ("disbursement", "transactions"),
    "cn.mediation": ("disbursement",),
    "cn.payment_order": ("disbursement", "transactions"),
}
PATHS = {"us.suit": "US", "us-ca.suit": "US-CA", "us-ca.small_claims": "US-CA"}


@pytest.fixture
def filing(request: pytest.FixtureRequest) -> Filing:
    """The house of the profile's country."""
    name = str(request.getfixturevalue("name"))
    found: Filing = request.getfixturevalue({"cn": "china", "us": "america", "gb": "england"}[name[:2]])
    if name in PATHS:
        found.country = replace(found.country, path=PATHS[name])
    return found


@pytest.mark.parametrize("name", names())
def test_a_case_that_has_all_a_profile_asks_for_lacks_nothing(name: str, filing: Filing, hands: Hands) -> None:
    case = filing.case()
    hands.set(NOW)
    for kind, values in HAPPENED.get(name, ()):
        person = filing.person(case) if kind in {"served", "default"} else None
        filing.fact(case, kind, person=person, **values)
    have = {"guarantees_have": False, "collateral_have": False, "complaint_form": "elements"}
    filing.told_all(case, name, **have, **TOLD.get(name, {}))
    filing.clock(case, "limitation")
    if name == "gb.claim":
        filing.serve(case, "gb.letter.claim")
    filing.fill_slots(case, name, *SLOTS.get(name, ()))
    assembly = filing.assembled(case, name)
    assert [(each.item, each.problem) for each in assembly.missing] == []
    assert {part.key for part in assembly.parts if part.kind == "paper"} <= {
        each.key for each in find_profile(name).parts
    }
    assert len(assembly.facts.evidence) == sum(part.kind == "exhibit" for part in assembly.parts)


def test_the_elements_of_a_form_go_with_its_packet(china: Filing, hands: Hands) -> None:
    case = china.case()
    hands.set(NOW)
    china.told_all(case, "cn.suit", complaint_form="elements", guarantees_have=False, collateral_have=False)
    china.fill_slots(case, "cn.suit", *SLOTS["cn.suit"])
    files = {each.name: each.content.decode("utf-8-sig") for each in china.assembled(case, "cn.suit").facts.data}
    assert files.keys() == {"elements.json", "schedule.csv", "movements.csv"}
    assert '"36500.00"' in files["elements.json"]
    assert files["schedule.csv"].splitlines()[1].split(",")[:5] == [
        "interest",
        "2026-03-02",
        "2026-03-12",
        "10",
        "36500.00",
    ]


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ((FILED,), "application"),
        ((ORDERED, ("order_issued", {"case_no": "X-2"})), "order-application"),
        ((ORDERED, FILED), "application"),
        ((FILED, ("enforcement_applied", {"case_no": "X-3"})), "enforcement-application"),
    ],
)
def test_a_withdrawal_takes_back_what_is_pending(
    facts: tuple[tuple[str, dict[str, Any]], ...], wanted: str, china: Filing, hands: Hands
) -> None:
    case = china.case()
    hands.set(NOW)
    for kind, values in facts:
        china.fact(case, kind, **values)
    china.told_all(case, "cn.withdrawal", reason="settled", settled_on=str(TODAY), preserved=False, seized=False)
    assembly = china.assembled(case, "cn.withdrawal")
    assert {part.key for part in assembly.parts if part.key.endswith("application")} == {wanted}
