"""What `forbear rehydrate` needs and says: the relay's rights are enough, and a Temporal that is away is named."""

import uuid

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from forbear.errors import CannotStart
from forbear.ledger.tables.accounts import Account
from forbear.services import rehydration
from forbear.services.dev_server import DevServer
from forbear.services.ports import free_port
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import House


@pytest.fixture
def relays(database: Settings) -> Settings:
    """An installation's settings with no password but the relay's, and a namespace nobody made."""
    none = SecretStr("")
    withheld = {"password_migrator": none, "password_api": none, "password_worker": none}
    return database.model_copy(update={**withheld, "namespace": f"lost-{uuid.uuid4().hex[:12]}"})


def test_the_relays_rights_are_enough_and_closed_accounts_are_left(
    database: Settings, relays: Settings, hands: Hands, temporal_server: DevServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_server.address)
    house = House(database, hands)
    _, first = house.borrower("+13125550101")
    house.borrower("+13125550102")
    said = list[str]()
    assert rehydration.run(relays, said.append).told == 2
    assert said == ["2 accounts have their workflow"]
    with house.worker() as session:
        session.execute(update(Account).where(Account.id == first).values(state="closed"))
    assert rehydration.run(relays, said.append).told == 1
    house.close()


def test_a_temporal_that_is_away_is_named(relays: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    with pytest.raises(CannotStart, match="Temporal does not answer at 127"):
        rehydration.run(relays, print)
