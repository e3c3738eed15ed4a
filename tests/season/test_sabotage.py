"""The engine, broken on purpose, one bug at a time: a season must say so, and name the finding."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import select

from activities.contact import ContactActivities
from forbear import tokens
from forbear.cadence import decision as cadence
from forbear.cadence.decide import decide
from forbear.cadence.life import Life
from forbear.cadence.playbooks import Playbook
from forbear.cadence.recheck import ClaimedTouch, still_allowed
from forbear.clock import Clock
from forbear.contracts.decision import ContactOrder, Outcome
from forbear.ledger.decision_rows import DecisionRows
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint
from forbear.ports.book import Dispatch, TouchBook
from forbear.ports.sms import Sending, SmsCarrier, SmsText, Unknown
from forbear.ports.ways import Way
from forbear.rules.packs import SHIPPED, Packs, load
from forbear.settings import Settings
from tests.season.driver import Parts
from tests.season.options import Size
from tests.season.sown import keyed
from tests.season.stand import play

SEED = 7
SIZE = Size(3, 8)
QUIET = {
    **dict.fromkeys(("unready", "refused", "answer_lost", "never_arrived", "undelivered", "receipt_lost"), 0.0),
    **dict.fromkeys(("hook_lost", "listing_down", "dies", "sleeps", "signal_lost", "timer_lost", "asked_twice"), 0.0),
    **dict.fromkeys(
        ("last_second", "replies", "clicks", "pays_at_bank", "lender_stops", "shared_phone", "chinese"), 0.0
    ),
    "second_debt": 0.0,
    "people": 4,
}
"""Nothing happens but what the bug needs."""


class Found(Protocol):
    """Plays the season with broken parts; the kinds of its findings."""

    def __call__(self, parts: Parts, **forced: float) -> set[str]: ...


@pytest.fixture
def found(database: Settings, tmp_path: Path) -> Found:
    def run(parts: Parts, **forced: float) -> set[str]:
        played = play(database, SEED, tmp_path / "season", size=SIZE, parts=parts, **{**QUIET, **forced})
        return {
            " · ".join(each.split(" · ")[:2]) if each.count(" · ") > 1 else each.split()[0] for each in played.findings
        }

    return run


def policy_with(folder: Path, changes: dict[str, str]) -> Packs:
    """The shipped packs with some words of the product's own limits replaced; each must have stood there."""
    copy = folder / "packs"
    shutil.copytree(SHIPPED, copy)
    policy = copy / "policy.toml"
    text = policy.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    policy.write_text(text, encoding="utf-8")
    return load(copy)


def test_a_sound_engine_has_no_finding(found: Found) -> None:
    assert found(Parts(), last_second=0.5, sleeps=0.1, answer_lost=0.5, second_debt=1.0) == set()


@pytest.mark.parametrize(
    "change",
    [{"08:00": "07:00", "21:00": "09:00"}, {"08:00": "20:00", "21:00": "22:00"}],
    ids=["opens at 7", "closes at 22"],
)
def test_a_window_an_hour_too_wide_is_seen(found: Found, tmp_path: Path, change: dict[str, str]) -> None:
    """Its sound end is drawn in as well, so that half of all texts fall into the hour that is wrong."""
    assert found(Parts(packs=policy_with(tmp_path, change)), people=8) == {"unlawful · hours"}


def test_a_cap_off_by_one_is_seen(found: Found, tmp_path: Path) -> None:
    packs = policy_with(tmp_path, {"limit = 2\n": "limit = 3\n", "At most 2 texts": "At most 3 texts"})
    assert "unlawful · texts in 7 days" in found(Parts(packs=packs), people=8)


def of_one_account(life: Life) -> Life:
    """What a life looks like to who counts an account's touches and not a person's."""
    persons = [
        replace(person, history=tuple(touch for touch in person.history if touch.account == life.account))
        for person in life.persons
    ]
    return replace(life, persons=tuple(persons), rivals=())


def test_a_cap_counted_for_each_account_is_seen(found: Found) -> None:
    def decided(life: Life, playbook: Playbook, packs: Packs, now: datetime) -> cadence.Decision:
        return decide(of_one_account(life), playbook, packs, now)

    def looked(life: Life, touch: ClaimedTouch, playbook: Playbook, packs: Packs, now: datetime) -> str | None:
        return still_allowed(of_one_account(life), touch, playbook, packs, now)

    kinds = found(Parts(decide=decided, recheck=looked), second_debt=1.0)
    assert kinds & {"unlawful · texts a day", "unlawful · texts in 7 days"}


def test_a_last_look_that_sees_nothing_is_seen(found: Found) -> None:
    def blind(*_: object) -> None:
        return None

    assert "overtaken" in found(Parts(recheck=blind), last_second=1.0)


class Insistent(SmsCarrier):
    """A carrier's adapter that sends again when the answer was lost."""

    def __init__(self, carrier: SmsCarrier) -> None:
        self._carrier = carrier
        self.find = carrier.find

    def send(self, text: SmsText) -> Sending:
        answer = self._carrier.send(text)
        return self._carrier.send(text) if isinstance(answer, Unknown) else answer


def test_a_text_sent_again_after_a_time_out_is_seen(found: Found) -> None:
    assert "duplicated · text" in found(Parts(carrier=Insistent), answer_lost=0.7)


class Sleepwalker(ContactActivities):
    """A sender that never looks at the claim's last instant."""

    def _send(self, order: ContactOrder, ready: Dispatch, way: Way) -> Outcome:
        return super()._send(order, replace(ready, dispatch_by=ready.dispatch_by + timedelta(days=3650)), way)


def test_a_last_instant_ignored_is_seen(found: Found) -> None:
    assert "late" in found(Parts(contact=Sleepwalker), sleeps=0.5, people=8)


def test_news_that_is_missed_and_never_looked_for_is_seen(found: Found) -> None:
    kinds = found(Parts(signals=False, sweeps=False), timer_lost=0.5, hook_lost=0.9, replies=0.9)
    assert {"idle · account", "lost · fact"} <= kinds


def test_a_lost_claim_that_is_never_given_back_is_seen(found: Found) -> None:
    assert "idle · claim" in found(Parts(sweeps=False), dies=0.3)


class Careless:
    """A sender that trusts the decision and sends without a claim, where there is none."""

    def __init__(self, sound: TouchBook, settings: Settings) -> None:
        self._sound = sound
        self._ledger = Ledger.open(settings)
        self._key = tokens.key_bytes(settings.token_key)
        self.unclaimed: set[str] = set()
        self.clock: Clock = self._ledger.clock

    def prepare(self, order: ContactOrder) -> Dispatch | Outcome:
        with self._ledger.worker(order.tenant) as session:
            if session.get(Touch, order.touch) is not None:
                return self._sound.prepare(order)
            account = session.get_one(Account, order.account)
            of_borrower = (ContactPoint.person == account.borrower, ContactPoint.kind == "phone")
            point = session.scalars(select(ContactPoint).where(*of_borrower)).one()
            to = self._ledger.vault.open(session, lender=account.lender, person=account.borrower, sealed=point.value)
        self.unclaimed.add(order.touch)
        now = self._ledger.clock.now()
        return Dispatch(
            touch=order.touch,
            channel="sms",
            provider="twilio",
            template="reminder-friendly",
            language="en",
            to=to,
            sender="+16465550198",
            values={"link": "http://127.0.0.1/p/x", "lender": "Example", "phone": "+16465550190"},
            dispatch_by=now + timedelta(days=3650),
            validity=timedelta(hours=1),
            callback_url=tokens.callback_url(
                "http://127.0.0.1", tokens.sign_callback(self._key, order.touch, now + timedelta(days=1))
            ),
        )

    def cancel(self, order: ContactOrder, reason: str) -> Outcome:
        return self._sound.cancel(order, reason)

    def record(self, order: ContactOrder, sending: Sending, *, body_sha256: str, segments: int) -> Outcome:
        if order.touch in self.unclaimed:
            return Outcome(touch=order.touch, state="sent", reason="")
        return self._sound.record(order, sending, body_sha256=body_sha256, segments=segments)


def test_a_claim_not_committed_is_seen(found: Found, database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, skipped = DecisionRows._claim, [True]

    def claim_all_but_the_first(rows: DecisionRows, *given: object) -> None:
        if skipped:
            skipped.pop()
            return
        claim(rows, *given)  # pyright: ignore[reportArgumentType]  handed through as it came

    monkeypatch.setattr(DecisionRows, "_claim", claim_all_but_the_first)
    kinds = found(Parts(touches=lambda book: Careless(book, keyed(database, SEED))))
    assert {"unexpected · text", "orphan · decision without its touch"} <= kinds
