"""There and back over real sockets: our text through the SDK, the provider's pushes to our API, a person's R obeyed."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import select
from temporalio.testing import ActivityEnvironment

from activities.contact import ContactActivities
from activities.texts import Texts
from activities.upkeep import UpkeepActivities
from forbear.api.app import create_app
from forbear.cadence.decide import decide
from forbear.channels.inbound_words import read
from forbear.channels.sms_routed import RoutedCarrier
from forbear.channels.wording import SmsWording
from forbear.contracts.decision import Rest
from forbear.ledger.following import FollowingBook
from forbear.ledger.listening import ListeningBook
from forbear.ledger.tables.contacts import Suppression
from forbear.services.ports import free_port
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.chinese import ChineseHouse
from tests.sandbox.box import Receiver, eventually
from tests.sandbox.domestic import PUSHES, DomesticBox

MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


class Listening:
    """Our API where a test's receiver would be."""

    def __init__(self, url: str) -> None:
        self.url = url


@contextmanager
def api(settings: Settings, house: ChineseHouse) -> Generator[str]:
    app, port = create_app(settings), free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: server.started)
        app.state.ledger = house.ledger
        assert httpx.get(f"{url}/healthz", trust_env=False).is_success
        yield url
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.mark.parametrize("lost", [False, True])
def test_a_text_is_delivered_and_its_reader_answers_stop(database: Settings, tmp_path: Path, *, lost: bool) -> None:
    hands = Hands(MORNING)
    house = ChineseHouse(database, hands)
    phone, _, account = house.chinese()
    secret = SecretStr(PUSHES.rpartition("/")[2])
    with (
        api(database.model_copy(update={"aliyun_push_secret": secret}), house) as url,
        DomesticBox(tmp_path, cast("Receiver", Listening(url)), speed=7_200) as box,
    ):
        if lost:
            box.arm("callback_lost", times=None)
        carrier = RoutedCarrier({"aliyun": box.carrier()}, box.carrier())  # pyright: ignore[reportArgumentType]  no number, no list
        contact = ContactActivities(house.touching(), {"sms": Texts(carrier, SmsWording())}, house.ledger.clock)
        upkeep = UpkeepActivities(
            house.upkeeping(),
            {"sms": carrier},
            ListeningBook(house.ledger, read),
            carrier,
            follow=FollowingBook(house.ledger),
        )
        order = house.claim_text(account, hands)
        box.jump(hands.at)
        assert contact.contact(order).state == "sent"
        if not lost:
            eventually(lambda: "hinted" in house.receipts(order.touch))
            assert house.touch(order.touch).state == "sent"
        hands.advance(timedelta(minutes=1))
        eventually(lambda: delivered(house, upkeep, hands, order.touch))
        box.answers(phone, house.signature, "R")
        eventually(lambda: "opted_out" in house.told(account))
        answer = house.ask(account, decide)
        assert isinstance(answer, Rest)
        with house.worker() as session:
            [held] = session.scalars(select(Suppression))
        assert held.address_key == house.key(phone)
    house.close()


def delivered(house: ChineseHouse, upkeep: UpkeepActivities, hands: Hands, touch: str) -> bool:
    hands.advance(timedelta(minutes=5))
    ActivityEnvironment().run(upkeep.look_after)
    return house.touch(touch).state == "delivered"
