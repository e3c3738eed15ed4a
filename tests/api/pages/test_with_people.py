"""The sandbox's people, who know the pages from outside only, do on them all that people do, payment included."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from forbear.sandbox.habits import Deed, DeedKind
from forbear.sandbox.visits import Done, PageRefused, Visit
from tests.api.pages.served import served
from tests.api.pages.site import BORN, Borrower, Site
from tests.sandbox.box import STRIPE_KEY, WEBHOOK_SECRET, Box, Receiver, eventually

PROMISED = date(2026, 3, 7)


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with served(site) as address:
        site.app.state.settings = site.settings = site.settings.model_copy(update={"public_url": address})
        yield address


def do(borrower: Borrower, address: str, kind: DeedKind, born: date = BORN, **how: object) -> Done:
    deed = Deed(kind, timedelta(0), **how)  # pyright: ignore[reportArgumentType]  each test names its own
    visit = Visit(f"{address}{borrower.path}", born)
    return asyncio.run(visit.carry_out(deed, promised=PROMISED, amount=None))


def test_people_say_what_they_have_to_say(site: Site, address: str) -> None:
    one, two, three, four, five = (site.borrower() for _ in range(5))
    do(one, address, "promise", mistypes=True)
    do(two, address, "dispute", text="I do not owe this")
    do(three, address, "hardship", text="I lost my job")
    do(four, address, "stop")
    do(five, address, "wrong_person")
    assert one.promises() == [(Decimal(100), PROMISED, "open")]
    assert (two.stops(), three.stops()) == ([("dispute", two.account)], [("hardship", three.account)])
    assert four.opt_outs() == [("everything", False)]
    assert five.stops() == [("wrong_number", None)]


def test_somebody_else_does_not_get_in(borrower: Borrower, address: str) -> None:
    with pytest.raises(PageRefused):
        do(borrower, address, "promise", born=date(1990, 1, 1))


def test_people_pay_in_parts_and_the_money_arrives(
    site: Site, borrower: Borrower, address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Page, provider's page, signed event, question back to the provider, posting: all over HTTP."""
    receiver = Receiver()
    hook = ("--stripe-webhook-url", f"{address}/hooks/stripe")
    box = Box(tmp_path_factory.mktemp("people"), receiver, *hook)
    changes = {
        "sandbox": True, "stripe_base": f"{box.url}/stripe", "stripe_key": STRIPE_KEY,
        "stripe_webhook_secret": WEBHOOK_SECRET,
    }  # fmt: skip
    site.app.state.settings = type(site.settings).model_validate({**site.settings.model_dump(), **changes})
    del site.app.state.payments
    try:
        first = do(borrower, address, "pay", part=(1, 2), declined_first=True)
        eventually(lambda: len(borrower.payments()) == 1)
        second = do(borrower, address, "pay")
        eventually(lambda: len(borrower.payments()) == 2)
    finally:
        assert box.stop() == 0
        receiver.stop()
    assert sorted(borrower.payments()) == sorted([(first.session, Decimal(50)), (second.session, Decimal(50))])
    assert borrower.told() == ["payment_received"] * 2
    assert borrower.inside().visit("/account").h1 == "Nothing is due"
