"""A notice that was posted tells its account so, by whoever learns it, once; and disputes are counted from it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, update

from forbear.cadence.life import Happened, Life
from forbear.cadence.paper_events import told_by
from forbear.documents.registry import FOLDER
from forbear.errors import BadData
from forbear.ledger import audit, letters, stops
from forbear.ledger.lives import load_life
from forbear.ledger.tables.accounts import Event
from forbear.ledger.tables.people import Lender
from forbear.ledger.timeline import timeline
from forbear.ledger.verify import verify
from forbear.ports.post import PostStatus, Tracked
from tests.conftest import Hands
from tests.ledger.house import A_DAY, AN_HOUR, PACKS, PLAYBOOKS, House
from tests.ledger.wanting import weighed
from tests.post.mailing import Mailed, mailed

KIND, SENT = "us.notice.validation", "validation_notice_sent"


def news(status: PostStatus, at: datetime, event: str = "e1") -> Tracked:
    return Tracked(status, at, event)


def notice(house: House) -> Mailed:
    letter = mailed(house, template=KIND)
    letter.record()
    return letter


def life_of(house: House, account: str) -> Life:
    with house.worker() as session:
        life = load_life(session, account, now=house.now, packs=PACKS)
    assert life is not None
    return life


def test_only_what_the_post_has_is_told_and_it_is_told_once(house: House) -> None:
    letter = notice(house)
    letter.learn(news("rendered", house.now), news("printed", house.now, "e2"))
    assert life_of(house, letter.account).events == ()
    posted, later = house.now - AN_HOUR, house.now
    for each in (news("handed_over", posted, "e3"), news("in_transit", later, "e4"), news("delivered", later, "e5")):
        letter.learn(each)
        letter.learn(each)
    assert life_of(house, letter.account).events == (Happened(SENT, posted),)
    assert letter.told().count("event_told") == 1


def test_what_comes_first_gives_the_day_and_no_day_lies_ahead(house: House) -> None:
    batch, ahead = notice(house), notice(house)
    batch.learn(news("in_transit", house.now), news("handed_over", house.now - A_DAY, "e2"))
    ahead.learn(news("handed_over", house.now + A_DAY))
    assert life_of(house, batch.account).events == (Happened(SENT, house.now - A_DAY),)
    assert life_of(house, ahead.account).events == (Happened(SENT, house.now),)


def test_a_letter_that_tells_nothing_or_came_back_unseen_tells_no_event(house: House) -> None:
    plain, back = mailed(house), notice(house)
    plain.record()
    plain.learn(news("handed_over", house.now))
    back.learn(Tracked("returned", house.now, "e1", code="unknown_address", proof="returned"))
    assert [life_of(house, each.account).events for each in (plain, back)] == [(), ()]


def test_upkeep_tells_it_too_and_the_record_verifies_and_names_the_letter(house: House, tmp_path: Path) -> None:
    letter = notice(house)
    with house.worker() as session:
        letters.learn(session, letter.touch, [news("handed_over", house.now)], source="listing", at=house.now)
    with house.api() as session:
        [event] = session.scalars(select(Event).where(Event.account == letter.account))
        told = [each["text"] for each in timeline(session, letter.account) if event.id in each.values()]
    assert (event.kind, event.touch) == (SENT, letter.touch)
    assert told == ["By a letter that was posted: the validation notice was sent"]
    audit.seal(house.ledger, tmp_path)
    assert [problem for problem in verify(house.ledger, tmp_path) if problem.tenant == house.tenant] == []


@pytest.mark.parametrize(("after", "stops_it"), [(30, True), (60, False)])
def test_a_written_dispute_counts_until_the_period_of_the_posted_notice_is_over(
    house: House, hands: Hands, after: int, stops_it: bool
) -> None:
    """Without the event every dispute would be one in time, for ever."""
    letter = notice(house)
    letter.learn(news("handed_over", house.now))
    owner = create_engine(house.migrator)
    with owner.begin() as connection:
        connection.execute(update(Lender).where(Lender.id == house.lender).values(role="third_party_collector"))
    owner.dispose()
    hands.set(house.now + timedelta(days=after))
    with house.api() as session:
        stops.place_stop(
            session, tenant=house.tenant, lender=house.lender, person=letter.person, account=letter.account,
            kind="dispute", via="letter", at=house.now, written=True,
        )  # fmt: skip
    hands.set(house.now + A_DAY)
    life = life_of(house, letter.account)
    [point] = [each for each in life.borrower.points if each.kind == "postal"]
    permit, _ = weighed(
        life, life.borrower, point, channel="letter", playbook=PLAYBOOKS["us-agency"], packs=PACKS, now=house.now
    )
    assert ("US.REGF.DISPUTE" in {each.rule for each in permit.findings}) is stops_it


def test_an_event_that_no_rule_knows_is_refused_by_the_file(tmp_path: Path) -> None:
    assert {each.parent.name: told_by(each.parent.name.replace("-", ".")) for each in FOLDER.glob("*/paper.toml")}[
        "us-notice-validation"
    ] == SENT
    assert told_by("no.such.paper") is None
    (tmp_path / "x-y").mkdir()
    (tmp_path / "x-y" / "paper.toml").write_text('tells = "posted"', "utf-8")
    with pytest.raises(BadData, match="use assignment_notice_received"):
        told_by("x.y", tmp_path)
