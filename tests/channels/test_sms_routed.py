"""All routes as one carrier: each touch goes and is looked for by its own, and what is not set up sends nothing."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from forbear.channels.sms_routed import RoutedCarrier
from forbear.channels.wording import SmsWording
from forbear.errors import CannotStart
from forbear.ports.replies import Written
from forbear.ports.sms import Accepted, Found, Refused, Sending, SmsText
from forbear.settings import Settings

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class One:
    """A carrier that writes down what it is asked."""

    name: str
    asked: list[str] = field(default_factory=list[str])

    def send(self, text: SmsText) -> Sending:
        self.asked.append(text.touch)
        return Accepted(self.name, "queued")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        self.asked.append(f"{provider}:{touch}")
        return Found(self.name, "sent")

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        self.asked.append(number)
        return [Written("+12125550100", "hello", "SM1", NOW)]


def text(provider: str) -> SmsText:
    return SmsText("tch_1", provider, "t", "en", {}, "+12125550100", "x", "", "", timedelta(hours=1))


def found(carrier: RoutedCarrier, provider: str) -> Found | None:
    return carrier.find(provider=provider, touch="tch_1", to="", sender="", since=NOW, marker_sha256="")


def test_each_touch_goes_and_is_looked_for_by_its_own_route() -> None:
    home, china = One("home"), One("china")
    carrier = RoutedCarrier({"twilio": home, "aliyun": china}, home)
    assert carrier.send(text("aliyun")) == Accepted("china", "queued")
    assert carrier.send(text("twilio")) == Accepted("home", "queued")
    assert found(carrier, "aliyun") == Found("china", "sent")
    assert (home.asked, china.asked) == (["tch_1"], ["tch_1", "aliyun:tch_1"])


def test_a_route_that_is_not_set_up_sends_nothing_and_can_be_asked_nothing() -> None:
    home = One("home")
    carrier = RoutedCarrier({"twilio": home}, home)
    assert carrier.send(text("aliyun")) == Refused("route-not-set-up", ours=True)
    with pytest.raises(ConnectionError, match="not set up"):
        found(carrier, "aliyun")
    assert not home.asked


def test_replies_are_listed_for_numbers_and_not_for_signatures() -> None:
    home = One("home")
    carrier = RoutedCarrier({"twilio": home}, home)
    assert carrier.written_to("示例储蓄", since=NOW, until=NOW) == []
    assert len(carrier.written_to("+12125550199", since=NOW, until=NOW)) == 1
    assert home.asked == ["+12125550199"]


class Hanging(One):
    """Answers when it is let."""

    def __init__(self, entered: threading.Semaphore, let: threading.Event) -> None:
        super().__init__("hanging")
        self.entered, self.let = entered, let

    def send(self, text: SmsText) -> Sending:
        self.entered.release()
        assert self.let.wait(20)
        return super().send(text)


def test_a_route_that_hangs_leaves_half_of_the_senders_to_the_other() -> None:
    entered, let, home = threading.Semaphore(0), threading.Event(), One("home")
    carrier = RoutedCarrier({"twilio": home, "aliyun": Hanging(entered, let)}, home, threads=4)
    senders = [threading.Thread(target=carrier.send, args=(text("aliyun"),)) for _ in range(2)]
    for sender in senders:
        sender.start()
    assert all(entered.acquire(timeout=10) for _ in senders)
    assert carrier.send(text("aliyun")) == Refused("route-busy"), (
        "certainly not sent, and neither ours nor the number's"
    )
    assert carrier.send(text("twilio")) == Accepted("home", "queued")
    let.set()
    for sender in senders:
        sender.join(10)
    assert carrier.send(text("aliyun")) == Accepted("hanging", "queued"), "the places are free again"


def test_a_route_alone_has_all_senders() -> None:
    entered, let = threading.Semaphore(0), threading.Event()
    hanging = Hanging(entered, let)
    carrier = RoutedCarrier({"twilio": hanging}, hanging, threads=2)
    senders = [threading.Thread(target=carrier.send, args=(text("twilio"),)) for _ in range(2)]
    for sender in senders:
        sender.start()
    assert all(entered.acquire(timeout=10) for _ in senders)
    let.set()
    for sender in senders:
        sender.join(10)


def test_settings_say_which_routes_there_are() -> None:
    base = {"sandbox": True, "twilio_base": "http://127.0.0.1:8010", "twilio_account_sid": "ACx"}
    token = SecretStr("t")
    only = RoutedCarrier.from_settings(Settings(**base, twilio_auth_token=token), SmsWording())  # pyright: ignore[reportArgumentType]  as the environment gives them
    assert only.routes == {"twilio"}
    domestic = {"aliyun_access_key_id": "k", "aliyun_access_key_secret": SecretStr("s")}
    both = Settings(**base, **domestic, twilio_auth_token=token, aliyun_endpoint="127.0.0.1:8010")  # pyright: ignore[reportArgumentType]  likewise
    assert RoutedCarrier.from_settings(both, SmsWording()).routes == {"twilio", "aliyun"}
    mixed = Settings(**base, **domestic, twilio_auth_token=token)  # pyright: ignore[reportArgumentType]  likewise
    with pytest.raises(CannotStart, match="loopback"):
        RoutedCarrier.from_settings(mixed, SmsWording())
