"""Two readings of the rules must agree: the engine's, and the oracle's, which was written from their description."""

import pytest
from hypothesis import event, given

from forbear.rules.cases import packs_on
from tests.oracle import lives, worlds
from tests.oracle.examples import PROVE, counts
from tests.oracle.table import OF_PACK, RULES
from tests.oracle.worlds import World
from tests.rules.twice import SEEN, Json, agree, permit

pytestmark = pytest.mark.counted

PRODUCT = {"HOURS", "LENDER.HOURS", "CONSENT", "BALANCE", "SMS1", "SMS7", "CONTACT7", "BUSY", "SUPPRESSED", "STOP"}
FEWEST = 50_000
ROUNDS = 12
"""Some rules deny seldom, six calls that rang on one day for one: so many times over, until each was seen to."""


def ask_all(cases: list[Json]) -> None:
    for case in cases:
        event(agree(case))


@counts(350, 10_500)
@given(lives.lives())
def _everywhere(cases: list[Json]) -> None:
    ask_all(cases)


@pytest.mark.timeout(1200)
def test_engine_and_oracle_agree_everywhere() -> None:
    SEEN.clear()
    _everywhere()
    assert SEEN["asked"] >= (FEWEST if PROVE else 1_000), SEEN
    assert min(SEEN[each] for each in ("allow", "hold", "block")) > SEEN["asked"] // 10, SEEN
    if PROVE:
        assert not {f"POLICY.{each}" for each in PRODUCT} - SEEN.keys()


def _world(jurisdiction: str) -> tuple[World, ...]:
    """Where this pack is the narrowest."""
    return tuple(each for each in worlds.EVERYWHERE if each.jurisdictions[-1] == jurisdiction)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("jurisdiction", OF_PACK)
def test_engine_and_oracle_agree_in(jurisdiction: str) -> None:
    drawn = lives.lives(_world(jurisdiction), product=None)
    SEEN.clear()
    for _ in range(ROUNDS if PROVE else 1):
        counts(60, 1_000)(given(drawn)(ask_all))()
        if not OF_PACK[jurisdiction] - SEEN.keys():
            break
    assert SEEN["asked"] >= (3_500 if PROVE else 150), SEEN
    if PROVE:
        assert not OF_PACK[jurisdiction] - SEEN.keys(), f"never seen to deny: {OF_PACK[jurisdiction] - SEEN.keys()}"


@pytest.mark.timeout(600)
@counts(60, 1_500)
@given(lives.lives())
def test_what_stands_in_the_packs_beyond_the_table_only_tightens(cases: list[Json]) -> None:
    """The reviewed tables hold more rules than the published one. With them no rule less denies, and nothing is free earlier."""
    order = ("allow", "hold", "block")
    for case in cases:
        whole, table = permit(case, packs_on(None)), permit(case)
        assert set(table.rules) <= set(whole.rules), case
        assert order.index(table.verdict) <= order.index(whole.verdict), case
        assert not (table.until and whole.until and whole.until < table.until), case
        if whole.rules == table.rules == ():
            assert whole.verdict == "allow"


def test_every_rule_of_the_table_is_in_a_pack() -> None:
    shipped = {terms.rule for pack in packs_on(None).by_jurisdiction.values() for terms in pack.terms}
    assert not RULES - shipped
