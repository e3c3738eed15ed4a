"""Too many webhooks at once: some are told to come again, none that was taken is lost, and words go before news."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx import Response
from sqlalchemy import text

from forbear.api.hooks.admission import Admission
from forbear.api.problems import Problem
from forbear.services.processes import poll_until
from forbear.tokens import CALLBACK_PATH, VOICE_PATH
from tests.api.hooks.carrier import Carrier
from tests.api.pages.site import Borrower, Site

MOST, KEPT = 4, 1
NEWS = ("queued", "sending", "sent", "delivered", "read", "failed")
A_WHILE = 30.0


@pytest.fixture
def admission(site: Site) -> Iterator[Admission]:
    """Few places; nobody waits for a turn, as each call of a test has an event loop of its own."""
    before = site.app.state.admission
    site.app.state.admission = Admission(working=MOST, most=MOST, kept=KEPT)
    yield site.app.state.admission
    site.app.state.admission = before


def test_at_twice_the_load_what_was_taken_is_kept_and_the_rest_is_told_to_come_again(
    site: Site, carrier: Carrier, borrower: Borrower, admission: Admission
) -> None:
    house = site.house
    before = sorted(house.receipts(borrower.order.touch))
    let_in, sent_away = NEWS[: MOST - KEPT], NEWS[MOST - KEPT :]
    with ThreadPoolExecutor(MOST) as callers:
        with house.worker() as session:  # whoever tells news of this touch waits until this is over
            session.execute(text("select 1 from touch where id = :id for update"), {"id": borrower.order.touch})
            held = [callers.submit(carrier.tell, borrower, status) for status in let_in]
            assert poll_until(lambda: admission.inside == MOST - KEPT, A_WHILE)
            refused = [carrier.tell(borrower, status) for status in sent_away]
            assert sorted(house.receipts(borrower.order.touch)) == before
        taken = [each.result(A_WHILE) for each in held]
    for answer in refused:
        _told_to_come_again(answer)
    assert [answer.status_code for answer in taken] == [204] * len(let_in)
    assert sorted(house.receipts(borrower.order.touch)) == sorted([*before, *let_in])
    assert [carrier.tell(borrower, status).status_code for status in sent_away] == [204] * len(sent_away)
    assert sorted(house.receipts(borrower.order.touch)) == sorted([*before, *NEWS])
    assert (admission.inside, admission.turned_away) == (0, len(sent_away))


def test_a_request_to_stop_finds_a_place_that_news_may_not_take(
    site: Site, carrier: Carrier, borrower: Borrower, admission: Admission
) -> None:
    other = site.borrower()
    with ThreadPoolExecutor(MOST) as callers:
        with site.house.worker() as session:
            session.execute(text("select 1 from touch where id = :id for update"), {"id": borrower.order.touch})
            held = [callers.submit(carrier.tell, borrower, status) for status in NEWS[: MOST - KEPT]]
            assert poll_until(lambda: admission.inside == MOST - KEPT, A_WHILE)
            _told_to_come_again(carrier.tell(other, "delivered"))
            assert carrier.write(other.phone, "STOP").status_code == 200
            assert len(other.opt_outs()) == 1
        assert all(each.result(A_WHILE).status_code == 204 for each in held)


def test_a_forgery_takes_no_place(site: Site, carrier: Carrier, borrower: Borrower) -> None:
    before, site.app.state.admission = site.app.state.admission, Admission(working=1, most=0, kept=0)
    try:
        assert carrier.tell(borrower, "delivered", signature="AAAA").status_code == 403
        _told_to_come_again(carrier.tell(borrower, "delivered"))
    finally:
        site.app.state.admission = before


def test_a_webhook_that_failed_gives_its_place_back(carrier: Carrier, borrower: Borrower, admission: Admission) -> None:
    for _ in range(MOST + 1):
        assert (
            carrier.tell(borrower, "delivered", address=borrower.callback_url.replace("&k=", "&k=x")).status_code == 403
        )
    assert (admission.inside, admission.turned_away) == (0, 0)


def test_who_waits_has_a_turn_in_the_order_of_coming() -> None:
    async def play() -> list[str]:
        admission, done, go = Admission(working=1, most=3, kept=0), list[str](), asyncio.Event()

        async def webhook(name: str) -> None:
            async with admission.place(CALLBACK_PATH):
                await go.wait()
                done.append(name)

        tasks = [asyncio.create_task(webhook(name)) for name in ("first", "second", "third")]
        await asyncio.sleep(0)  # one round of the loop: each has come as far as it can
        assert admission.inside == len(tasks)
        with pytest.raises(Problem):
            await webhook("fourth")
        go.set()
        await asyncio.gather(*tasks)
        assert admission.inside == 0
        return done

    assert asyncio.run(play()) == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("path", "places"),
    [(CALLBACK_PATH, 2), (f"{VOICE_PATH}/status", 2), ("/hooks/lob", 2), (f"{VOICE_PATH}/step", 3)],
)
def test_places_of_news_and_of_words(path: str, places: int) -> None:
    async def play() -> int:
        admission = Admission(working=9, most=3, kept=1)
        held = [admission.place(path) for _ in range(9)]
        for number, place in enumerate(held):
            try:
                await place.__aenter__()
            except Problem:
                return number
        return len(held)

    assert asyncio.run(play()) == places


def _told_to_come_again(answer: Response) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["code"] == "busy"
