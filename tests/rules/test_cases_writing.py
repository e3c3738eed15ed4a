"""What the engine was asked is written as a case and read again: nothing that it used is lost or changed."""

import json
from datetime import UTC, datetime, time
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from forbear.rules import facts as law
from forbear.rules.case_parts import DEBT_KINDS, LENDER_KINDS, STOPS, STOPS_NAMING_A_NUMBER
from forbear.rules.cases import packs_on, read_case
from forbear.rules.cases_writing import write_case
from forbear.rules.engine import check
from tests.rules.asking import instant

PACKS = packs_on(None)
SOME = st.text(min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
MAYBE = st.none() | SOME
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  st adds it
CLOCKS = st.times().map(lambda at: at.replace(microsecond=0))
CHANNELS = st.sampled_from(get_args(law.Channel))
PARTIES = st.sampled_from(get_args(law.Party))
PLACES = st.none() | st.sampled_from(get_args(law.ContactPlace))
PURPOSES = st.sampled_from(get_args(law.Purpose))
ZONES = st.sampled_from(["America/New_York", "Asia/Shanghai", "Europe/London", "Etc/GMT+5"])
DEBTS = st.lists(st.sampled_from("ABC"), unique=True).map(tuple)


def few(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=3).map(tuple)


def stops() -> st.SearchStrategy[law.Stop]:
    made = st.builds(
        law.Stop,
        kind=st.sampled_from(STOPS),
        at=INSTANTS,
        channel=st.none() | CHANNELS,
        to=MAYBE,
        until=st.none() | INSTANTS,
        debts=DEBTS,
        written=st.booleans(),
    )
    return made.filter(lambda stop: stop.kind not in STOPS_NAMING_A_NUMBER or stop.to is not None)


AGREEMENTS = st.one_of(
    st.builds(law.Agreement, kind=st.just("hours"), open=CLOCKS, close=CLOCKS, at=st.none() | INSTANTS),
    st.builds(law.Agreement, kind=st.just("call_consent"), start=INSTANTS, end=st.none() | INSTANTS, at=INSTANTS),
    st.builds(law.Agreement, kind=st.just("message_consent"), channel=CHANNELS, at=INSTANTS, to=MAYBE),
)
FACTS = st.builds(
    law.Facts,
    lender=st.builds(law.Lender, st.sampled_from(get_args(law.Role)), st.sampled_from(LENDER_KINDS)),
    jurisdictions=few(st.sampled_from(sorted(set(PACKS.by_jurisdiction) - {"POLICY"}))),
    places=few(
        st.builds(law.Place, st.sampled_from(get_args(law.PlaceKind)), ZONES, st.just("") | SOME, st.booleans())
    ),
    stops=few(stops()),
    agreements=few(AGREEMENTS),
    events=few(st.builds(law.Event, SOME, INSTANTS)),
    debts=st.lists(
        st.builds(
            law.Debt, st.sampled_from("ABC"), st.sampled_from(DEBT_KINDS), st.integers(0, 900), st.none() | INSTANTS
        ),
        unique_by=lambda debt: debt.id,
    ).map(tuple),
    history=few(
        st.builds(
            law.PastAttempt,
            at=INSTANTS,
            channel=CHANNELS,
            party=PARTIES,
            result=st.sampled_from(get_args(law.Result)),
            to=MAYBE,
            place=PLACES,
            debts=DEBTS,
            purpose=PURPOSES,
            person=MAYBE,
            ref=MAYBE,
        )
    ),
    suppressions=few(
        st.builds(
            law.Suppression, st.sampled_from(get_args(law.SuppressionScope)), INSTANTS, st.none() | CHANNELS, MAYBE
        )
    ),
    policy=st.builds(
        law.Policy,
        product=st.booleans(),
        guard_seconds=st.integers(0, 3600),
        contacts_in_7_days=st.integers(0, 9),
        open=st.none() | CLOCKS,
        close=st.none() | CLOCKS,
        sms_a_day=st.none() | st.integers(0, 9),
        sms_in_7_days=st.none() | st.integers(0, 9),
    ),
    calendars=st.just(()),
    circumstances=st.frozensets(st.sampled_from(["minor", "military", "time_barred"])),
)
ATTEMPTS = st.builds(
    law.Attempt,
    channel=CHANNELS,
    party=PARTIES,
    to=SOME,
    debts=DEBTS,
    place=PLACES,
    purpose=PURPOSES,
    staff=st.integers(0, 5),
    prerecorded=st.booleans(),
    person=MAYBE,
    language=st.none() | st.sampled_from(["en", "zh-Hans"]),
)


@given(ATTEMPTS, FACTS, INSTANTS)
def test_what_was_asked_can_be_asked_again(attempt: law.Attempt, facts: law.Facts, now: datetime) -> None:
    written = json.loads(json.dumps(write_case(attempt, facts, now)))
    assert read_case(written, PACKS) == (attempt, facts, now)


def test_a_permit_is_given_again_from_what_was_written() -> None:
    now = instant("2026-12-01T10:00:00-05:00")
    facts = law.Facts(
        law.Lender("debt_buyer"),
        ("US", "US-NY", "US-NYC"),
        places=(law.Place("address", "America/New_York", "postal code", derived=True),),
        agreements=(law.Agreement("hours", open=time(7), close=time(0), at=now),),
        debts=(law.Debt("A", balance_as_of=now),),
        history=(law.PastAttempt(now, "call", "debtor", "connected", "m1", debts=("A",), ref="tch_1"),),
        policy=law.Policy(guard_seconds=30),
    )
    attempt = law.Attempt("call", "debtor", "m1", ("A",), place="mobile", language="en")
    again = read_case(write_case(attempt, facts, now), PACKS)
    assert check(*again[:2], PACKS, again[2]) == check(attempt, facts, PACKS, now)
