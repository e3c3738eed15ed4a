"""The engine, broken on purpose: the judge must say so, and must be silent about the same season with a sound engine."""

import shutil
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Protocol

import pytest
from sqlalchemy import select

from forbear import tokens
from forbear.contracts.decision import ContactOrder, Outcome
from forbear.ledger import ids
from forbear.ledger.decision_rows import DecisionRows
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint
from forbear.ports.book import Dispatch, TouchBook
from forbear.ports.sms import Sending
from forbear.rehearsal.demo import LENDER, LENDER_PHONE, SENDER
from forbear.rehearsal.portfolio import EXAMPLE, read
from forbear.rules.packs import SHIPPED, load
from forbear.settings import Settings
from tests.conftest import Hands
from tests.rehearsal.season import Parts, Season

ACCOUNTS, DAYS = 8, 8
LONG_ACCOUNTS, LONG_DAYS = 132, 30
SEED = 7


class Seasons(Protocol):
    """Makes a season of the portfolio's first accounts."""

    def __call__(self, parts: Parts, accounts: int = ACCOUNTS, seed: int = SEED) -> Season: ...


@pytest.fixture
def season(database: Settings, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Seasons:
    """The ids are drawn from a seed, because an account's place in the day follows from its id."""

    def make(parts: Parts, accounts: int = ACCOUNTS, seed: int = SEED) -> Season:
        monkeypatch.setattr(ids.secrets, "randbelow", Random(seed).randrange)
        return Season(database, hands, tmp_path, read(EXAMPLE, accounts), parts)

    return make


def policy_with(folder: Path, changes: dict[str, str]) -> Parts:
    """The shipped packs with some words of the product's own limits replaced; each must have stood there."""
    copy = folder / "packs"
    shutil.copytree(SHIPPED, copy)
    policy = copy / "policy.toml"
    text = policy.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    policy.write_text(text, encoding="utf-8")
    return Parts(packs=load(copy))


def test_a_sound_engine_has_no_finding(season: Seasons) -> None:
    verdict = season(Parts()).run(DAYS)
    assert verdict.findings == []


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_sound_engine_has_no_finding_in_a_long_season(season: Seasons, seed: int) -> None:
    verdict = season(Parts(), LONG_ACCOUNTS, seed).run(LONG_DAYS)
    assert verdict.findings == []


def test_a_window_that_opens_an_hour_early_is_seen(season: Seasons, tmp_path: Path) -> None:
    parts = policy_with(tmp_path, {"08:00": "07:00"})
    verdict = season(parts).run(DAYS)
    assert {(finding.kind, finding.rule) for finding in verdict.findings} == {("unlawful", "hours")}


def test_a_cap_off_by_one_is_seen(season: Seasons, tmp_path: Path) -> None:
    parts = policy_with(tmp_path, {"limit = 2\n": "limit = 3\n", "At most 2 texts": "At most 3 texts"})
    verdict = season(parts).run(DAYS)
    assert ("unlawful", "texts in 7 days") in {(finding.kind, finding.rule) for finding in verdict.findings}
    assert {finding.rule for finding in verdict.findings} <= {"texts in 7 days", "contacts in 7 days"}


class Careless:
    """A sender that trusts the decision and sends without a claim, where there is none."""

    def __init__(self, sound: TouchBook, settings: Settings) -> None:
        self._sound, self._ledger = sound, Ledger.open(settings)
        self._key = tokens.key_bytes(settings.token_key)
        self.unclaimed: set[str] = set()

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
            sender=SENDER,
            values={"link": "http://127.0.0.1/p/x", "lender": LENDER, "phone": LENDER_PHONE},
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


def test_a_claim_skipped_is_seen(season: Seasons, database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, skipped = DecisionRows._claim, [True]

    def claim_all_but_the_first(rows: DecisionRows, *given: object) -> None:
        if skipped:
            skipped.pop()
            return
        claim(rows, *given)  # pyright: ignore[reportArgumentType]  handed through as it came

    monkeypatch.setattr(DecisionRows, "_claim", claim_all_but_the_first)
    verdict = season(Parts(touches=lambda book: Careless(book, database))).run(DAYS)
    assert [finding.rule for finding in verdict.findings if finding.kind == "unexpected"] == ["text"]
