"""A permit of last month, given again today from the ledger alone, whatever has become of the shipped packs since."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from forbear.cadence.decide import decide
from forbear.errors import NotFound
from forbear.ledger import replaying
from forbear.ledger.engine import make_engine
from forbear.ledger.replaying import NOT_KEPT, recompute, replay, would_differ
from forbear.ledger.tables.contacts import Decision
from forbear.ledger.tables.record import RulePack
from forbear.rules.packs import SHIPPED, load
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.chinese import ChineseHouse
from tests.ledger.house import A_DAY, AN_HOUR, NOON, PACKS, House
from tests.ledger.lived import a_chinese_life, an_american_life, live


@pytest.fixture
def chinese(module_database: Settings, hands: Hands) -> Iterator[ChineseHouse]:
    hands.set(NOON.replace(day=9))
    house = ChineseHouse(module_database, hands)
    yield house
    house.close()


def permits(house: House) -> int:
    with house.worker() as session:
        counted = select(func.count()).where(Decision.tenant == house.tenant, Decision.permit.is_not(None))
        return session.scalars(counted).one()


def test_every_permit_of_a_whole_life_comes_out_the_same(house: House, hands: Hands) -> None:
    _, second = an_american_life(house, hands)
    live(house, hands, second, 8)
    hands.advance(31 * A_DAY)
    again = list(replay(house.ledger, house.tenant))
    assert len(again) == permits(house) > 20
    assert [(each.decision, each.why, each.differences) for each in again if not each.same] == []
    told = {(each.stored["verdict"], len(each.stored["findings"]) > 0) for each in again}
    assert told == {("allow", False), ("hold", True), ("block", True)}
    assert [each.at for each in again] == sorted(each.at for each in again)


def test_a_life_in_china_too(chinese: ChineseHouse, hands: Hands) -> None:
    account = a_chinese_life(chinese, hands)
    again = list(replay(chinese.ledger, chinese.tenant, account))
    assert len(again) == permits(chinese) > 5
    assert all(each.same for each in again)
    assert {name for each in again for name in each.stored["packs"]} == {"CN", "POLICY"}


def test_one_decision_one_account_and_since_an_instant(house: House, hands: Hands) -> None:
    _, first = house.borrower("+13125550163")
    _, second = house.borrower("+13125550164")
    house.ask(first)
    hands.advance(AN_HOUR)
    house.ask(second)
    of_second = list(replay(house.ledger, house.tenant, second))
    assert [each.account for each in of_second] == [second]
    assert list(replay(house.ledger, house.tenant, since=house.now)) == of_second
    with house.worker() as session:
        assert recompute(session, of_second[0].decision) == of_second[0]
        with pytest.raises(NotFound):
            recompute(session, "dec_unknown")
    house.pay(first)
    house.ask(first)
    assert len(list(replay(house.ledger, house.tenant, first))) == 1, "a decision that asked nothing is not replayed"


def changed(folder: Path, old: str, new: str) -> Path:
    """The shipped packs with one change to the product's policy."""
    shutil.copytree(SHIPPED, folder)
    policy = (folder / "policy.toml").read_text(encoding="utf-8")
    assert old in policy
    (folder / "policy.toml").write_text(policy.replace(old, new), encoding="utf-8")
    return folder


@pytest.fixture
def later_packs(tmp_path: Path) -> Path:
    return changed(tmp_path / "packs", "08:00", "13:30")


def test_old_permits_stand_though_the_shipped_packs_have_changed(
    house: House, hands: Hands, later_packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, account = house.borrower("+13125550165")
    house.ask(account)
    monkeypatch.setattr("forbear.rules.packs.SHIPPED", later_packs)
    (again,) = replay(house.ledger, house.tenant)
    assert again.same
    assert again.stored["verdict"] == "allow"
    other = load(later_packs)
    assert other.by_jurisdiction["POLICY"].version != again.stored["packs"]["POLICY"]


def test_a_change_of_rules_tells_how_many_permits_would_differ(house: House, hands: Hands, later_packs: Path) -> None:
    _, early = house.borrower("+13125550166")
    _, late = house.borrower("+13125550167")
    house.ask(early)  # at noon where they are
    hands.advance(3 * AN_HOUR)
    house.ask(late)
    told = would_differ(house.ledger, load(later_packs), tenant=house.tenant)
    assert str(told) == "1 of 2 stored permits would differ"
    (one,) = told.differ
    assert one.account == early
    assert {each.what: (each.stored, each.again) for each in one.differences}["verdict"] == ("allow", "hold")
    assert ("rules", [], ["POLICY.HOURS"]) in [(each.what, each.stored, each.again) for each in one.differences]
    assert str(would_differ(house.ledger, PACKS, tenant=house.tenant)) == "0 of 2 stored permits would differ"
    over_all = would_differ(house.ledger, PACKS)
    assert over_all.asked >= 2
    assert not over_all.differ


def test_packs_and_holidays_are_kept_once_and_only_those_that_permits_name(house: House) -> None:
    for number in ("+13125550168", "+13125550169"):
        house.ask(house.borrower(number)[1])
    with house.worker() as session:
        kept = session.execute(select(RulePack.jurisdiction, RulePack.version).order_by(RulePack.jurisdiction)).all()
        asked = session.scalars(select(Decision.asked).where(Decision.tenant == house.tenant)).all()
    versions = {name: pack.version for name, pack in PACKS.by_jurisdiction.items()}
    assert {name for name, _ in kept} >= {"POLICY", "US"}
    assert all(versions[name] == version for name, version in kept)
    assert len(kept) == len(set(kept))
    assert len(house.ledger.kept) >= 2
    assert "555" not in json.dumps(asked)
    assert "Borrower" not in json.dumps(asked)


def test_what_was_rolled_back_is_kept_by_the_next_decision(house: House) -> None:
    house.ledger.kept.clear()
    _, account = house.borrower("+13125550170")

    def fails(*_: object) -> None:
        raise RuntimeError("no")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("forbear.ledger.decision_writing.write", fails)
        with pytest.raises(RuntimeError):
            house.ask(account)
    assert not house.ledger.kept
    house.ask(account)
    assert house.ledger.kept


def as_owner(house: House, table: str, statement: str) -> None:
    """Change what nobody may change."""
    guard = "alter table {} {} trigger append_only"
    with make_engine(house.migrator).begin() as connection:
        connection.execute(text(guard.format(table, "disable")))
        connection.execute(text(statement))
        connection.execute(text(guard.format(table, "enable always")))


def test_a_changed_case_or_permit_shows(house: House) -> None:
    _, account = house.borrower("+13125550171")
    house.ask(account)
    as_owner(
        house,
        "decision",
        f"update decision set asked = jsonb_set(asked, '{{case,now}}', '\"2026-03-02T09:00:00Z\"') "  # noqa: S608
        f"where account = '{account}'",
    )
    (again,) = replay(house.ledger, house.tenant)
    assert not again.same
    assert "verdict" in {each.what for each in again.differences}


def test_a_changed_pack_is_named_and_not_used(house: House) -> None:
    _, account = house.borrower("+13125550172")
    house.ask(account)
    change = "update rule_pack set text = replace(text, '{}', '{}') where jurisdiction = 'POLICY'"
    as_owner(house, "rule_pack", change.format("08:00", "08:01"))
    (again,) = replay(house.ledger, house.tenant)
    as_owner(house, "rule_pack", change.format("08:01", "08:00"))
    assert (again.again, again.same) == (None, False)
    assert "pack POLICY" in again.why
    (again,) = replay(house.ledger, house.tenant)
    assert again.same


def test_a_missing_pack_is_named(house: House) -> None:
    _, account = house.borrower("+13125550176")
    house.ask(account)
    as_owner(house, "rule_pack", "update rule_pack set version = 'x' || version where jurisdiction = 'POLICY'")
    (again,) = replay(house.ledger, house.tenant)
    as_owner(house, "rule_pack", "update rule_pack set version = substr(version, 2) where jurisdiction = 'POLICY'")
    assert "No pack POLICY is kept" in again.why
    assert not again.same


def test_a_permit_from_before_cases_were_kept_says_so(house: House) -> None:
    _, account = house.borrower("+13125550174")
    house.ask(account)
    as_owner(house, "decision", f"update decision set asked = null where account = '{account}'")  # noqa: S608
    (again,) = replay(house.ledger, house.tenant)
    assert (again.again, again.why, again.same) == (None, NOT_KEPT, False)
    assert would_differ(house.ledger, PACKS, tenant=house.tenant).unasked == 1


def test_a_long_record_is_read_in_batches(house: House, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        house.ask(house.borrower(f"+131255501{80 + number}")[1], decide)
    whole = list(replay(house.ledger, house.tenant))
    monkeypatch.setattr(replaying, "BATCH", 2)
    assert list(replay(house.ledger, house.tenant)) == whole
    assert len(whole) == 5


def test_a_place_whose_pack_was_not_loaded_denied_and_denies_again(house: House) -> None:
    person, account = house.borrower("+13125550175")
    with house.api() as session:
        session.execute(
            text("update profile set jurisdictions = array['US', 'XX-NOWHERE'] where person = :person"),
            {"person": person},
        )
    house.ask(account)
    (again,) = replay(house.ledger, house.tenant)
    assert again.same
    assert again.stored["verdict"] == "block"
