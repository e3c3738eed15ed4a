"""The Lob adapter with the real SDK against the box's print house over a real socket: each answer and its meaning."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from forbear.channels.lob_client import Letter, LobClient
from forbear.channels.post_lob import LobPost
from forbear.errors import CannotStart
from forbear.ports.post import PostAddress, PostOrder, PostService
from forbear.ports.sms import Accepted, Found, Refused, Unknown, Unreadable
from forbear.services.ports import free_port
from forbear.settings import Settings
from tests.post.box import BORROWER, KEY, PostBox, order

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def find(post: LobPost, touch: str, since: datetime = LONG_AGO) -> Found | None:
    return post.find(provider="lob", touch=touch, to="", sender="", since=since, marker_sha256="")


def test_an_accepted_letter_is_there_once_with_our_bytes_and_values(house: PostBox) -> None:
    sent = order("tch_a1")
    answer = house.post().send(sent)
    assert isinstance(answer, Accepted)
    [kept] = house.letters("tch_a1")
    assert (kept["id"], kept["sha256"], kept["metadata"]) == (
        answer.provider_id,
        sent.sha256,
        {"touch": "tch_a1", "sha256": sent.sha256},
    )
    assert (kept["color"], kept["use_type"], kept["extra_service"]) == (False, "operational", None)
    assert kept["address_placement"] == "insert_blank_page"
    assert (kept["to"]["name"], kept["to"]["address_line2"]) == ("EXAMPLE BORROWER", "APT 2")


ABROAD = PostAddress("Example Borrower", ("1 Example Road",), "Toronto", "CA", "ON", "M5V 2T6")


@pytest.mark.parametrize(
    ("service", "to", "extra"),
    [
        ("plain", BORROWER, None),
        ("plain", ABROAD, None),
        ("certified", BORROWER, "certified_return_receipt"),
        ("registered", BORROWER, "certified_return_receipt"),
        ("certified", ABROAD, "registered"),
        ("registered", ABROAD, "registered"),
    ],
)
def test_a_service_is_ordered_in_the_providers_words(
    house: PostBox, service: PostService, to: PostAddress, extra: str | None
) -> None:
    touch = f"tch_s_{service}_{to.country}"
    assert isinstance(house.post().send(order(touch, service=service, to=to)), Accepted)
    assert house.letters(touch)[0]["extra_service"] == extra


def test_the_same_touch_asked_again_is_the_same_letter(house: PostBox) -> None:
    first, again = house.post().send(order("tch_i1")), house.post().send(order("tch_i1"))
    assert first == again
    assert house.logged("tch_i1") == ["accepted"]


@pytest.mark.parametrize(
    ("spoilt", "code", "permanent"),
    [
        (order("tch_x1", pdf=b"no paper at all"), "invalid_file", False),
        (order("tch_x2", line="1" * 49), "address_length_exceeds_limit", False),
        (
            order("tch_x3", to=PostAddress("N" * 41, BORROWER.lines, "Chicago", "US", "IL", "60601")),
            "address.limits",
            False,
        ),
        (order("tch_x4", to=PostAddress("Name", BORROWER.lines, "Chicago", "US", "IL", "6060")), "invalid", False),
        (order("tch_x5", line="9 Nowhere St"), "failed_deliverability_strictness", True),
    ],
)
def test_a_refusal_says_whose_it_is(house: PostBox, spoilt: PostOrder, code: str, permanent: bool) -> None:
    house.script("undeliverable", "9 Nowhere St")
    assert house.post().send(spoilt) == Refused(code, permanent=permanent, ours=not permanent)
    assert house.logged(spoilt.touch) == []


def test_a_wrong_key_is_ours_to_mend(house: PostBox) -> None:
    answer = LobPost(LobClient("test_other", house.base)).send(order("tch_k1"))
    assert answer == Refused("invalid_api_key", ours=True)


def test_the_same_key_in_its_other_mode_is_another_letter(house: PostBox) -> None:
    live = LobPost(LobClient(KEY.replace("test_", "live_"), house.base))
    assert house.post().send(order("tch_m1")) != live.send(order("tch_m1"))
    assert len(house.letters("tch_m1")) == 2


@pytest.mark.parametrize(
    ("fault", "answer", "accepted"),
    [
        ("429", Refused("429"), 0),
        ("refuse", Refused("bad_request", ours=True), 0),
        ("500_before_accept", Unknown("the provider answered 500"), 0),
        ("500_after_accept", Unknown("the provider answered 500"), 1),
        ("drop_before_accept", None, 0),
        ("drop_after_accept", None, 1),
        ("slow", None, 1),
    ],
)
def test_every_fault_is_one_attempt_and_found_or_not(house: PostBox, fault: str, answer: object, accepted: int) -> None:
    touch, post = f"tch_f_{fault}", house.post()
    house.arm(fault, machine_seconds=3)
    given = post.send(order(touch))
    assert given == answer if answer else isinstance(given, Unknown), given
    assert house.logged(touch) == ["accepted"] * accepted
    found = find(post, touch)
    assert (found is not None) == bool(accepted)
    assert found is None or found.provider_id == house.letters(touch)[0]["id"]


def test_an_address_where_nobody_listens_was_certainly_not_asked() -> None:
    post = LobPost(LobClient(KEY, f"http://127.0.0.1:{free_port()}/lob/v1"))
    assert post.send(order("tch_n1")) == Refused("connection-refused")
    with pytest.raises(ConnectionError):
        find(post, "tch_n1")
    with pytest.raises(ConnectionError):
        post.cancel(provider="lob", touch="tch_n1", provider_id="ltr_1")


def test_a_letter_is_found_by_its_touch_alone(house: PostBox) -> None:
    post = house.post()
    for touch in ("tch_l1", "tch_l2", "tch_l3"):
        post.send(order(touch, line="7 Shared St"))
    assert find(post, "tch_l2") == Found(house.letters("tch_l2")[0]["id"], "accepted")
    assert find(post, "tch_l9") is None


class Heedless(LobClient):
    """A list that does not heed what it is asked for: newest first, a page at a time."""

    def __init__(self) -> None:
        super().__init__(KEY)
        made = [LONG_AGO + timedelta(minutes=number) for number in range(250)]
        self.letters = [
            {"id": f"ltr_{number}", "date_created": at.isoformat(), "metadata": {"touch": f"tch_{number}"}}
            for number, at in enumerate(made)
        ][::-1]
        self.pages = 0

    def list(self, query: Sequence[tuple[str, str]]) -> Sequence[Letter]:
        self.pages += 1
        asked = dict(query)
        ids = [letter["id"] for letter in self.letters]
        start = ids.index(asked["after"]) + 1 if "after" in asked else 0
        return self.letters[start : start + int(asked["limit"])]


@pytest.mark.parametrize(
    ("touch", "since", "found", "pages"),
    [("tch_249", 0, True, 3), ("tch_5", 0, True, 3), ("tch_200", 190, True, 1), ("tch_nobodys", 120, False, 2)],
)
def test_a_heedless_list_is_read_as_far_as_the_letters_day(touch: str, since: int, found: bool, pages: int) -> None:
    client = Heedless()
    told = find(LobPost(client), touch, LONG_AGO + timedelta(minutes=since))
    assert (told == Found(touch.replace("tch", "ltr"), "accepted")) == found
    assert client.pages == pages


def test_a_list_that_lags_shows_nothing_yet(house: PostBox) -> None:
    post = house.post()
    post.send(order("tch_g1"))
    house.arm("list_lag", world_seconds=30 * 86_400)
    assert find(post, "tch_g1") is None
    assert find(post, "tch_g1") is not None


def test_a_letter_is_taken_back_while_there_is_time(house: PostBox) -> None:
    post = house.post()
    with house.box.at_walking_pace():
        sent = post.send(order("tch_c1"))
        assert isinstance(sent, Accepted)
        assert post.cancel(provider="lob", touch="tch_c1", provider_id=sent.provider_id)
    assert house.logged("tch_c1") == ["accepted", "cancelled"]
    told = post.tracking(provider="lob", touch="tch_c1", provider_id=sent.provider_id)
    assert [one.status for one in told] == ["accepted", "cancelled"]


def test_a_letter_in_production_is_not_taken_back(house: PostBox) -> None:
    post = house.post()
    sent = post.send(order("tch_c2"))
    assert isinstance(sent, Accepted)
    house.wait_world(minutes=6)
    assert not post.cancel(provider="lob", touch="tch_c2", provider_id=sent.provider_id)
    assert "cancelled" not in house.logged("tch_c2")


def test_a_letter_of_another_touch_is_not_told_of(house: PostBox) -> None:
    sent = house.post().send(order("tch_o1"))
    assert isinstance(sent, Accepted)
    with pytest.raises(Unreadable):
        house.post().tracking(provider="lob", touch="tch_o2", provider_id=sent.provider_id)
    with pytest.raises(Unreadable):
        house.post().tracking(provider="lob", touch="tch_o1", provider_id="ltr_unknown")


def test_without_a_key_there_is_no_such_route() -> None:
    assert LobPost.from_settings(Settings(sandbox=True)) is None


@pytest.mark.parametrize(
    ("sandbox", "base"), [(True, ""), (False, "http://127.0.0.1:9/lob/v1"), (True, "https://api.lob.com/v1")]
)
def test_sandbox_and_production_cannot_be_mixed(sandbox: bool, base: str) -> None:
    settings = Settings(sandbox=sandbox, lob_base=base, lob_key=SecretStr(KEY))
    with pytest.raises(CannotStart):
        LobPost.from_settings(settings)


def test_in_production_no_address_is_set() -> None:
    assert LobPost.from_settings(Settings(sandbox=False, lob_key=SecretStr("live_x"))) is not None
