"""Runs of letters: one failure stops no other, whatever ends a run it goes on there, and nothing leaves unasked."""

import multiprocessing
from datetime import timedelta
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import letter_runs
from forbear.ledger.engine import Ledger
from forbear.ledger.letter_runs_told import Group, lines, totals
from forbear.ledger.tables.contacts import Decision, Touch
from forbear.ledger.tables.letters import Letter
from forbear.ports.papers import Paper
from forbear.settings import LetterPrice
from tests.conftest import Hands
from tests.ledger.house import AN_HOUR, PLAYBOOKS, House
from tests.ledger.running import Ended, Post, Press, hand, items, make, never, people, refusing, started

PRICES = {"print_room.certified": LetterPrice(first=Decimal("4.10"), further=Decimal("0.15"), currency="USD")}


def states(house: House, run: str) -> list[str]:
    return [item.state for item in items(house, run)]


def touches(house: House, account: str) -> list[Touch]:
    with house.worker() as session:
        return list(session.scalars(select(Touch).where(Touch.account == account).order_by(Touch.claimed_at)))


def test_a_run_makes_every_paper_and_sends_none(house: House, tmp_path: Path) -> None:
    accounts, press = people(house, 3), Press()
    run = started(house, accounts)
    assert states(house, run) == ["waiting"] * 3
    make(house, run, press, tmp_path)
    made = items(house, run)
    assert [(item.account, item.state, item.pages, item.touch) for item in made] == [
        (account, "made", 2, None) for account in accounts
    ]
    assert sorted(path.stem for path in tmp_path.glob("??/*.pdf")) == sorted(str(item.sha256) for item in made)
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("??/*.pdf"))
    assert [touches(house, account) for account in accounts] == [[], [], []]


def test_one_that_fails_stops_no_other_and_says_why(house: House, tmp_path: Path) -> None:
    accounts = people(house, 4)
    _, homeless = house.borrower("+13125550180")
    run = started(house, [*accounts, homeless])
    press = Press(before=refusing({accounts[1]: "sums.equal", accounts[2]: "engine.hung"}))
    make(house, run, press, tmp_path)
    told = {item.account: (item.state, item.code) for item in items(house, run)}
    assert told == {
        accounts[0]: ("made", None),
        accounts[1]: ("refused", "sums.equal"),
        accounts[2]: ("refused", "engine.hung"),
        accounts[3]: ("made", None),
        homeless: ("refused", "address.none"),
    }
    with house.ledger.worker(house.tenant) as session:
        assert letter_runs.ask_again(house.ledger, session, run) == 3
    make(house, run, Press(), tmp_path)
    assert sorted(states(house, run)) == ["made", "made", "made", "made", "refused"]


def test_what_the_engine_hung_on_once_is_tried_once_more(house: House, tmp_path: Path) -> None:
    tried: list[str] = []

    def hangs_once(paper: Paper) -> None:
        tried.append(paper.touch)
        if len(tried) == 1:
            refusing({paper.touch: "engine.hung"})(paper)

    run = started(house, people(house, 1))
    make(house, run, Press(before=hangs_once), tmp_path)
    assert (states(house, run), len(tried)) == (["made"], 2)


def _make_and_wait(house: House, run: str, folder: Path, told: Connection, enough: int) -> None:
    """In a process of its own, with connections of its own: make so many papers and never come back from the next."""
    ledger = Ledger.open(house.settings, clock=house.ledger.clock)
    house.ledger = ledger  # pyright: ignore[reportAttributeAccessIssue]  of this process alone
    press = Press()

    def stops(paper: Paper) -> None:
        if len(press.made) == enough:
            told.send_bytes(b"enough")
            told.recv_bytes()

    press.before = stops
    make(house, run, press, folder)


def test_a_killed_run_goes_on_and_makes_no_letter_twice(house: House, tmp_path: Path) -> None:
    accounts = people(house, 6)
    run = started(house, accounts)
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=_make_and_wait, args=(house, run, tmp_path, theirs, 3), daemon=True
    )
    process.start()
    assert ours.poll(60)
    process.kill()
    process.join()
    assert states(house, run) == ["made"] * 3 + ["waiting"] * 3
    first = {item.account: item.changed_at for item in items(house, run) if item.state == "made"}
    press = Press()
    make(house, run, press, tmp_path)
    assert states(house, run) == ["made"] * 6
    assert press.made == accounts[3:]
    assert {item.account: item.changed_at for item in items(house, run) if item.account in first} == first
    assert len(list(tmp_path.glob("??/*.pdf"))) == 6


def test_a_paper_that_is_made_again_is_the_same(house: House, hands: Hands, tmp_path: Path) -> None:
    run, press = started(house, people(house, 1)), Press()
    make(house, run, press, tmp_path)
    (before,) = items(house, run)
    with house.ledger.worker(house.tenant) as session:
        letter_runs.put(house.ledger, session, before.id, "waiting", sha256=None, pages=None)
    hands.set(house.now + AN_HOUR)
    make(house, run, press, tmp_path)
    (after,) = items(house, run)
    assert after.sha256 == before.sha256
    assert len(list(tmp_path.glob("??/*.pdf"))) == 1


def test_a_letter_leaves_with_a_permit_of_its_own_and_as_any_touch_does(house: House, tmp_path: Path) -> None:
    accounts, post = people(house, 2), Post()
    run = started(house, accounts)
    make(house, run, Press(), tmp_path)
    hand(house, run, Press(), post)
    handed = items(house, run)
    assert [item.state for item in handed] == ["handed", "handed"]
    assert post.posted == [item.touch for item in handed]
    for account, item in zip(accounts, handed, strict=True):
        (touch,) = touches(house, account)
        assert (touch.id, touch.state, touch.channel, touch.template) == (item.touch, "sent", "letter", "reminder")
        assert (touch.provider, touch.step) == ("print_room", "letter-run")
        with house.worker() as session:
            of, permit = session.execute(select(Decision.run, Decision.permit).where(Decision.touch == touch.id)).one()
            letter = session.scalars(select(Letter).where(Letter.touch == touch.id)).one()
        assert (of, (permit or {})["verdict"]) == (run, "allow")
        assert (letter.service, letter.sha256) == ("certified", touch.body_sha256)


def test_what_a_rule_holds_stays_and_goes_when_it_may(house: House, tmp_path: Path) -> None:
    accounts, post = people(house, 3), Post()
    run = started(house, accounts)
    make(house, run, Press(), tmp_path)
    person = {item.account: item.person for item in items(house, run)}
    house.stop(person[accounts[0]], "attorney")
    house.pay(accounts[1])
    hand(house, run, Press(), post)
    told = {item.account: item for item in items(house, run)}
    assert told[accounts[0]].state == "held"
    assert told[accounts[0]].code
    assert (told[accounts[1]].state, told[accounts[1]].code) == ("held", "ACCOUNT.PAID")
    assert told[accounts[2]].state == "handed"
    assert len(post.posted) == 1
    assert touches(house, accounts[0]) == touches(house, accounts[1]) == []
    hand(house, run, Press(), post)
    assert len(post.posted) == 1


def test_an_account_with_something_under_way_waits_for_its_end(house: House, tmp_path: Path) -> None:
    accounts, post = people(house, 1), Post()
    run = started(house, accounts)
    make(house, run, Press(), tmp_path)
    house.claim(accounts[0])
    hand(house, run, Press(), post)
    (item,) = items(house, run)
    assert (item.state, item.code, post.posted) == ("held", "TOUCH.UNSETTLED", [])


@pytest.mark.parametrize("when", ["let-go", "rendered", "posted"])
def test_a_run_that_ends_anywhere_hands_no_letter_over_twice(house: House, tmp_path: Path, when: str) -> None:
    """After it was posted and before that was written down, nobody knows: it counts as made and is not sent again."""
    accounts = people(house, 2)
    run = started(house, accounts)
    make(house, run, Press(), tmp_path)

    def end(_: Any) -> None:
        raise Ended

    press = Press(before=end if when == "let-go" else never)
    post = Post(before=end if when == "rendered" else never, after=end if when == "posted" else never)
    with pytest.raises(Ended):
        hand(house, run, press, post)
    again = Post(posted=post.posted)
    hand(house, run, Press(), again)
    hand(house, run, Press(), again)
    assert len(again.posted) == len(set(again.posted))
    assert all(len(touches(house, account)) == 1 for account in accounts)
    (first,) = touches(house, accounts[0])
    assert first.state == "unknown"
    assert states(house, run) == ["made", "handed"]


def test_one_that_was_claimed_and_never_let_go_is_let_go_by_whoever_goes_on(house: House, tmp_path: Path) -> None:
    from forbear.ledger.letter_runs_claimed import Rules, claim
    from tests.ledger.house import PACKS

    accounts, post = people(house, 1), Post()
    run = started(house, accounts)
    make(house, run, Press(), tmp_path)
    (item,) = items(house, run)
    with house.ledger.worker(house.tenant) as session:
        assert claim(house.ledger, session, item.id, Rules(PLAYBOOKS, PACKS)) is not None
    hand(house, run, Press(), post)
    assert states(house, run) == ["handed"]
    assert len(post.posted) == len(touches(house, accounts[0])) == 1


def test_one_that_was_refused_on_its_way_may_be_tried_again_once_corrected(
    house: House, hands: Hands, tmp_path: Path
) -> None:
    accounts, post = people(house, 1), Post()
    run = started(house, accounts)
    make(house, run, Press(), tmp_path)
    spoilt = Press(before=lambda paper: refusing({paper.touch: "window.address"})(paper))
    hand(house, run, spoilt, post)
    (item,) = items(house, run)
    assert (item.state, item.code, post.posted) == ("refused", "window.address", [])
    with house.worker() as session:
        known = session.scalars(select(Touch.state).where(Touch.account == accounts[0])).all()
    assert known == ["failed"]


def test_only_one_process_works_on_a_run(house: House) -> None:
    run = started(house, people(house, 1))
    with letter_runs.alone(house.ledger, run), pytest.raises(Conflict), letter_runs.alone(house.ledger, run):
        pass
    with letter_runs.alone(house.ledger, run):
        pass


def test_the_manifest_counts_letters_pages_sheets_and_cost(house: House, tmp_path: Path) -> None:
    accounts = people(house, 5)
    run = started(house, accounts)
    make(house, run, Press(before=refusing({accounts[0]: "sums.equal"})), tmp_path)
    house.pay(accounts[1])
    hand(house, run, Press(), Post())
    with house.ledger.worker(house.tenant) as session:
        told = lines(session, run, PLAYBOOKS, PRICES)
    assert [line.state for line in told] == ["refused", "held", "handed", "handed", "handed"]
    summed = totals(told)
    assert list(summed) == [
        Group("handed", "print_room", "certified", "USD"),
        Group("held", "print_room", "certified", "USD"),
    ]
    first = summed[Group("handed", "print_room", "certified", "USD")]
    assert (first.letters, first.pages, first.sheets, first.cost) == (3, 6, 6, Decimal("12.75"))
    assert totals(told, both_sides=True)[Group("handed", "print_room", "certified", "USD")].sheets == 3
    assert "Example" not in repr(told)
    assert "Sample Street" not in repr(told)
    with house.ledger.worker(house.tenant) as session:
        unpriced = totals(lines(session, run, PLAYBOOKS, {}))
    assert {group.currency for group in unpriced} == {""}


def test_a_run_is_one_lenders_and_has_readers(house: House) -> None:
    accounts = people(house, 1)
    other = house.add_lender()
    person = house.person()
    house.phone(person, "+13125550170", lender=other)
    with pytest.raises(BadInput, match="several lenders"):
        started(house, [*accounts, house.account(person, lender=other)])
    with pytest.raises(BadInput, match="does not have"):
        started(house, [*accounts, "acc_0000000000000000000000"])
    with pytest.raises(BadInput, match="0 papers"):
        started(house, accounts, "guarantor-notice")
    with pytest.raises(NotFound):
        letter_runs.tenant_of(house.ledger, "lrn_0000000000000000000000")
    assert letter_runs.tenant_of(house.ledger, started(house, accounts)) == house.tenant
    assert letter_runs.tenant_of_lender(house.ledger, other) == house.tenant


def test_a_lenders_arrears_are_found_by_their_age(house: House) -> None:
    today = house.now.date()
    people(house, 1)
    person = house.person()
    house.phone(person, "+13125550171")
    old = house.account(person, due_since=today - timedelta(days=90))
    with house.ledger.worker(house.tenant) as session:
        assert letter_runs.overdue(session, house.lender, letter_runs.overdue_since(today, 60)) == (old,)
        assert len(letter_runs.overdue(session, house.lender, today)) == 2


def test_a_run_is_seen_by_nobody_but_its_tenant(house: House, hands: Hands) -> None:
    run = started(house, people(house, 1))
    stranger = House(house.settings, hands)
    with stranger.ledger.worker(stranger.tenant) as session:
        assert letter_runs.of_state(session, run, "waiting") == []
        assert session.scalar(select(func.count()).select_from(Touch)) == 0
    stranger.close()
