"""Limits per key and class, with a way back; what is never limited; and when a key was last used."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import select

from forbear.api.pace import Pace, Refused
from forbear.errors import CannotStart
from forbear.ledger.admin import add_key
from forbear.ledger.key_use import EVERY_SECONDS
from forbear.ledger.tables.people import ApiKey
from forbear.settings import Settings
from tests.api.house import Client, House, enrolment
from tests.api.test_problems import problem

FEW = {"rate_reading": "4/hour", "rate_acting": "2/hour", "rate_importing": "1/hour"}


@pytest.fixture
def tight(house: House, one: Client) -> Iterator[Client]:
    """A key of its own at an API that allows little; the counters of the file's other tests come back afterwards."""
    held = house.app.state.pace
    house.app.state.pace = Pace(house.settings.model_copy(update=FEW))
    key = add_key(house.migrator, lender=one.lender, scopes=["accounts:read", "accounts:write"], label="tight")
    yield Client(one.http, one.tenant, one.lender, key.shown)
    house.app.state.pace = held


def test_a_key_that_asks_too_often_is_told_when_to_come_back(tight: Client, one: Client) -> None:
    left = [tight.get("/v1/accounts").headers["RateLimit"].partition(";t=")[0] for _ in range(4)]
    assert left == [f'"reading";r={number}' for number in (3, 2, 1, 0)]
    answer = tight.get("/v1/accounts")
    found = problem(answer)
    assert (found.status, found.code) == (429, "too_many")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert one.get("/v1/accounts").status_code == 200, "another key of the same lender has its own count"


def test_each_class_has_its_own_count(tight: Client) -> None:
    for _ in range(4):
        tight.get("/v1/accounts")
    posted = [tight.post("/v1/accounts", enrolment()) for _ in range(3)]
    assert [answer.status_code for answer in posted] == [201, 201, 429]
    assert posted[0].headers["RateLimit-Policy"] == '"acting";q=2;w=3600'
    files = [tight.post("/v1/imports", {}).status_code for _ in range(2)]
    assert files[0] != 429
    assert files[1] == 429


def test_a_limited_call_did_nothing_and_leaves_its_key_free(house: House, tight: Client, one: Client) -> None:
    body = enrolment()
    for _ in range(2):
        tight.post("/v1/accounts", enrolment())
    assert tight.post("/v1/accounts", body, key="limited").status_code == 429
    again = one.post("/v1/accounts", body, key="limited")
    assert (again.status_code, again.headers.get("Idempotency-Replayed")) == (201, None)


def test_hooks_and_health_and_the_documentation_are_not_counted(house: House, tight: Client) -> None:
    for _ in range(6):
        assert house.http.get("/healthz").status_code == 200
        assert house.http.get("/openapi.json").status_code == 200
        assert house.http.post("/hooks/twilio/inbound").status_code != 429
    assert "RateLimit" not in house.http.get("/healthz").headers


def test_a_key_nobody_knows_is_not_counted(tight: Client) -> None:
    stranger = Client(tight.http, "", "", "fbk_00000000_" + "a" * 43)
    assert {stranger.get("/v1/accounts").status_code for _ in range(8)} == {401}


def test_where_counting_fails_the_call_goes_through(tight: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> bool:
        raise RuntimeError("no room left")

    monkeypatch.setattr(MovingWindowRateLimiter, "hit", broken)
    answers = [tight.get("/v1/accounts") for _ in range(6)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0].headers


def test_an_empty_rate_is_none_and_a_wrong_one_is_named(module_database: Settings) -> None:
    free = Pace(module_database.model_copy(update={"rate_reading": ""}))
    assert [dict(free.count("reading", "k")) for _ in range(20)] == [{}] * 20
    with pytest.raises(CannotStart, match="FORBEAR_RATE_ACTING is no rate"):
        Pace(module_database.model_copy(update={"rate_acting": "often"}))


def test_a_moving_window_lets_in_again_what_it_forgot(module_database: Settings) -> None:
    pace = Pace(module_database.model_copy(update={"rate_reading": "2/second"}))
    passed, told = 0, list[int]()
    while passed < 5:
        try:
            pace.count("reading", "k")
        except Refused as again:
            told.append(again.retry_after)
        else:
            passed += 1
    assert set(told) == {1}


def _last_used(house: House, client: Client) -> Any:
    with house.ledger.api(client.tenant, client.lender) as session:
        return session.scalars(select(ApiKey.last_used_at).where(ApiKey.id == client.key.split("_")[1])).one()


def test_a_keys_use_is_written_once_a_minute(house: House, one: Client) -> None:
    key = add_key(house.migrator, lender=one.lender, scopes=["accounts:read"], label="used")
    client = Client(one.http, one.tenant, one.lender, key.shown)
    assert _last_used(house, client) is None
    first = house.ledger.clock.now()
    client.get("/v1/accounts")
    assert _last_used(house, client) == first
    house.hands.advance(timedelta(seconds=EVERY_SECONDS - 1))
    client.get("/v1/accounts")
    assert _last_used(house, client) == first
    house.hands.advance(timedelta(seconds=1))
    client.get("/v1/accounts")
    assert _last_used(house, client) == house.ledger.clock.now()


def test_a_use_that_cannot_be_written_fails_no_call(house: House, one: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    key = add_key(house.migrator, lender=one.lender, scopes=["accounts:read"], label="unwritten")
    client = Client(one.http, one.tenant, one.lender, key.shown)

    def broken(*_: Any) -> None:
        raise RuntimeError("not now")

    monkeypatch.setattr("forbear.ledger.key_use.update", broken)
    assert client.get("/v1/accounts").status_code == 200
    assert _last_used(house, client) is None
