"""Each letter goes, is found, followed and taken back by its own route; one that is not set up says so."""

from datetime import UTC, datetime
from typing import Any

import pytest

from forbear.channels.post_routed import RoutedPost
from forbear.ports.post import PostOrder, Tracked
from forbear.ports.sms import Accepted, Found, Refused, Sending
from tests.post.box import order

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Route:
    """Answers with its own name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, order: PostOrder) -> Sending:
        return Accepted(f"{self.name}:{order.touch}", "accepted")

    def find(self, *, touch: str, **_: Any) -> Found | None:
        return Found(f"{self.name}:{touch}", "accepted")

    def tracking(self, *, touch: str, **_: Any) -> list[Tracked]:
        return [Tracked("accepted", LONG_AGO, f"{self.name}:{touch}")]

    def cancel(self, **_: Any) -> bool:
        return self.name == "lob"


@pytest.fixture
def post() -> RoutedPost:
    return RoutedPost({"lob": Route("lob"), "print_room": Route("print_room")})


@pytest.mark.parametrize("route", ["lob", "print_room"])
def test_a_letter_keeps_to_its_route(post: RoutedPost, route: str) -> None:
    sent = order("tch_1")
    sent = PostOrder("tch_1", route, sent.pdf, sent.sha256, 1, sent.envelope)
    assert post.send(sent) == Accepted(f"{route}:tch_1", "accepted")
    found = post.find(provider=route, touch="tch_1", to="", sender="", since=LONG_AGO, marker_sha256="")
    assert found == Found(f"{route}:tch_1", "accepted")
    assert post.tracking(provider=route, touch="tch_1", provider_id="x")[0].event == f"{route}:tch_1"
    assert post.cancel(provider=route, touch="tch_1", provider_id="x") == (route == "lob")
    assert post.routes == {"lob", "print_room"}


def test_a_route_that_is_not_set_up_sends_nothing_and_says_so() -> None:
    post = RoutedPost({})
    assert post.send(order("tch_1")) == Refused("route-not-set-up", ours=True)
    with pytest.raises(ConnectionError):
        post.find(provider="lob", touch="t", to="", sender="", since=LONG_AGO, marker_sha256="")
    with pytest.raises(ConnectionError):
        post.tracking(provider="lob", touch="t", provider_id="x")
    with pytest.raises(ConnectionError):
        post.cancel(provider="lob", touch="t", provider_id="x")
