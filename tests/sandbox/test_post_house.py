"""The box's print house: what becomes of a letter, what it tells, and what it tells wrongly when asked to."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest

from forbear.ports.post import PostService
from forbear.ports.sms import Accepted
from forbear.sandbox.post_events import signature
from tests.post.box import KEY, PDF, SECRET, PostBox, order
from tests.sandbox.box import SECRETS, Answer, Receiver, eventually

WAY = ["created", "rendered_pdf", "mailed", "in_transit", "in_local_area", "processed_for_delivery"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostBox]:
    receiver = Receiver()
    with pytest.MonkeyPatch.context() as monkeypatch:
        house = PostBox(tmp_path_factory.mktemp("house"), receiver, monkeypatch)
    with house.box:
        yield house
    receiver.stop()


@pytest.fixture
def house(running: PostBox) -> Iterator[PostBox]:
    yield running
    running.calm()


def posted(house: PostBox, touch: str, fate: str, service: PostService = "plain") -> str:
    house.script(fate, f"{touch} Example St")
    sent = house.post(10).send(order(touch, service=service))
    assert isinstance(sent, Accepted)
    return sent.provider_id


@pytest.mark.parametrize(
    ("fate", "service", "told", "logged"),
    [
        ("delivered", "plain", [*WAY, "delivered"], ["mailed", "delivered"]),
        ("returned", "plain", [*WAY, "returned_to_sender"], ["mailed", "returned"]),
        ("moved", "plain", [*WAY, "re-routed", "delivered"], ["mailed", "delivered"]),
        ("unclaimed", "plain", [*WAY, "delivered"], ["mailed", "delivered"]),
        ("returned_late", "plain", [*WAY, "delivered", "returned_to_sender"], ["mailed", "delivered", "returned"]),
        ("silent", "plain", ["created", "rendered_pdf"], ["delivered"]),
        ("lost", "plain", ["created", "rendered_pdf", "mailed", "in_transit"], ["mailed"]),
        (
            "delivered",
            "certified",
            [*WAY[:2], *(f"certified.{name}" for name in [*WAY[2:], "delivered"])],
            ["mailed", "delivered"],
        ),
        (
            "returned",
            "certified",
            [*WAY[:2], *(f"certified.{name}" for name in [*WAY[2:], "issue", "returned_to_sender"])],
            ["mailed", "returned"],
        ),
        (
            "lost",
            "certified",
            [*WAY[:2], "certified.mailed", "certified.in_transit", "certified.issue"],
            ["mailed", "lost"],
        ),
    ],
)
def test_a_letter_lives_as_its_addressee_lets_it(
    house: PostBox, fate: str, service: PostService, told: list[str], logged: list[str]
) -> None:
    touch = f"tch_{fate}_{service}"
    posted(house, touch, fate, service)
    house.live(26)
    assert eventually(lambda: len(house.kinds(touch)) == len(told) and house.story(touch)) == told
    assert house.logged(touch) == ["accepted", *logged]


def test_certified_mail_says_why_nobody_got_it(house: PostBox) -> None:
    posted(house, "tch_why", "unclaimed", "certified")
    house.live(26)
    [letter] = house.letters("tch_why")
    details = [(each["name"], each["details"]["event"]) for each in letter["tracking_events"][4:]]
    assert details == [
        ("Issue", "notice_left"),
        ("Pickup Available", "pickup_available"),
        ("Issue", "package_unclaimed"),
        ("Returned to Sender", "returned_to_sender"),
    ]
    times = [each["time"] for each in letter["tracking_events"]]
    assert all(before <= after for before, after in pairwise(times))


def test_an_event_is_signed_over_its_timestamp_and_holds_the_letter_of_that_moment(house: PostBox) -> None:
    posted(house, "tch_signed", "delivered")
    house.live(8)
    [mailed] = [event for event in house.told("tch_signed") if event["event_type"]["id"] == "letter.mailed"]
    assert [each["name"] for each in mailed["body"]["tracking_events"]] == ["Mailed"]
    assert mailed["body"]["metadata"]["touch"] == "tch_signed"
    for seen in house.receiver.at("/lob"):
        stamp = seen.headers["lob-signature-timestamp"]
        assert seen.headers["lob-signature"] == signature(seen.body, stamp, SECRET)


def test_a_cancelled_letter_is_never_mailed(house: PostBox) -> None:
    with house.box.at_walking_pace():
        identity = posted(house, "tch_back", "delivered")
        assert house.post().cancel(provider="lob", touch="tch_back", provider_id=identity)
    house.live(8)
    assert house.logged("tch_back") == ["accepted", "cancelled"]
    assert house.kinds("tch_back") == ["created", "deleted"]
    deleted = house.told("tch_back")[-1]["body"]
    assert deleted == {"id": identity, "deleted": True, "object": "letter_deleted"}


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("callback_lost", ["rendered_pdf"]),
        ("callback_duplicated", ["created", "created", "rendered_pdf"]),
        ("callback_reordered", ["rendered_pdf", "created"]),
        ("callback_new_parameter", ["created", "rendered_pdf"]),
    ],
)
def test_events_come_wrongly_when_asked_to(house: PostBox, fault: str, expected: list[str]) -> None:
    touch = f"tch_{fault}"
    house.arm(fault)
    posted(house, touch, "delivered")
    eventually(lambda: len(house.kinds(touch)) == len(expected))
    told = house.kinds(touch)
    # Only a held event waits for the next one; any others overtake each other on their way.
    assert told == expected if fault == "callback_reordered" else sorted(told) == expected
    assert any("new_parameter" in event for event in house.told(touch)) == (fault == "callback_new_parameter")


def test_a_held_event_is_posted_once_behind_a_doubled_one(house: PostBox) -> None:
    house.arm("callback_reordered")
    house.arm("callback_duplicated")
    posted(house, "tch_held", "delivered")
    eventually(lambda: len(house.kinds("tch_held")) >= 3)
    eventually(lambda: "post_event" not in house.box.control.get("/agenda").json())
    told = Counter(house.kinds("tch_held"))
    assert (told["created"], told["rendered_pdf"]) == (1, 2)


@pytest.mark.parametrize("given", ["é".encode(), "é".encode("latin-1")])
def test_a_key_nobody_can_read_is_wrong(house: PostBox, given: bytes) -> None:
    answer = httpx.get(f"{house.base}/letters", headers={b"Authorization": b"Basic " + given}, trust_env=False)
    assert answer.status_code == 401


def test_a_spoilt_signature_is_wrong_and_a_late_event_comes_late(house: PostBox) -> None:
    house.arm("callback_bad_signature")
    posted(house, "tch_spoilt", "delivered")
    eventually(lambda: len(house.kinds("tch_spoilt")) == 2)
    [seen] = [seen for seen in house.receiver.at("/lob") if "tch_spoilt" in seen.body and ".created" in seen.body]
    stamp = seen.headers["lob-signature-timestamp"]
    assert seen.headers["lob-signature"] != signature(seen.body, stamp, SECRET)
    house.arm("callback_delayed", world_seconds=7_200)
    posted(house, "tch_late", "delivered")
    eventually(lambda: house.kinds("tch_late") == ["rendered_pdf"])
    house.live(0.1)
    eventually(lambda: house.kinds("tch_late") == ["rendered_pdf", "created"])


def test_an_event_may_come_before_the_answer(house: PostBox) -> None:
    house.arm("callback_before_answer")
    posted(house, "tch_before", "delivered")
    assert "created" in house.kinds("tch_before")


def test_a_request_may_order_its_own_faults(house: PostBox) -> None:
    fields = {"to[name]": "A", "to[address_line1]": "1 Header St", "to[address_city]": "Chicago"}
    fields |= {"to[address_state]": "IL", "to[address_zip]": "60601", "color": "false", "use_type": "operational"}
    fields |= {name.replace("to[", "from["): value for name, value in fields.items()}
    files = {"file": ("letter.pdf", PDF)}
    for order_of_faults, status in (("500_after_accept", 500), ("429", 429), ("nonsense", 422), ("", 200)):
        headers = {"X-Sandbox-Fault": order_of_faults}
        answer = ask(house, "/letters", method="POST", data=fields, files=files, headers=headers)
        assert answer.status_code == status, answer.text


def test_an_event_that_nobody_took_comes_again(house: PostBox) -> None:
    before = len(house.receiver.at("/lob"))
    house.receiver.answers["/lob"] = [Answer(503), Answer(503)]
    posted(house, "tch_again", "delivered")

    def came_twice() -> bool:
        # What an earlier test set off may take a refusal too: every refused event comes again, whoever's it is.
        bodies = Counter(seen.body for seen in house.receiver.at("/lob")[before:])
        return sum(bodies.values()) - len(bodies) >= 2

    eventually(came_twice)
    eventually(lambda: {"created", "rendered_pdf"} <= {*house.kinds("tch_again")})


def test_a_key_holds_for_a_day(house: PostBox) -> None:
    first = posted(house, "tch_key", "delivered")
    house.live(0.9)
    assert posted(house, "tch_key", "delivered") == first
    house.live(0.2)
    assert posted(house, "tch_key", "delivered") != first


def test_a_restart_goes_on_as_if_nothing_had_been(house: PostBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SECRETS, "FORBEAR_SANDBOX_LOB_KEY", KEY)
    monkeypatch.setitem(SECRETS, "FORBEAR_SANDBOX_LOB_WEBHOOK_SECRET", SECRET)
    identity = posted(house, "tch_restart", "returned")
    house.box.kill()
    house.box.start()
    assert posted(house, "tch_restart", "returned") == identity
    house.live(26)
    eventually(lambda: house.logged("tch_restart") == ["accepted", "mailed", "returned"])


def ask(house: PostBox, path: str, *, method: str = "GET", key: str = KEY, **more: Any) -> httpx.Response:
    return httpx.request(method, f"{house.base}{path}", auth=(key, ""), trust_env=False, **more)


def test_a_list_is_paged_newest_first(house: PostBox) -> None:
    ids = [posted(house, f"tch_page{number}", "delivered") for number in range(3)]
    first = ask(house, "/letters?limit=2").json()
    assert [letter["id"] for letter in first["data"]] == [ids[2], ids[1]]
    following = first["next_url"].partition("/v1")[2]
    assert ask(house, following).json()["data"][0]["id"] == ids[0]
    assert ask(house, "/letters?metadata[touch]=tch_page1").json()["count"] == 1


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/letters/ltr_none", "GET", 404, "not_found"),
        ("/letters?limit=101", "GET", 422, "invalid"),
        ("/letters?date_created[gte]=yesterday", "GET", 422, "invalid"),
        ("/letters", "POST", 422, "invalid"),
        ("/postcards", "GET", 404, "unrecognized_endpoint"),
    ],
)
def test_errors_have_the_providers_form(house: PostBox, path: str, method: str, status: int, code: str) -> None:
    answer = ask(house, path, method=method)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["status_code"] == status


def test_a_stranger_is_told_nothing(house: PostBox) -> None:
    assert ask(house, "/letters", key="test_stranger").status_code == 401


def test_an_address_check_knows_what_the_script_says(house: PostBox) -> None:
    house.script("undeliverable", "13 Gone St")
    for line, word in (("13 gone  st", "undeliverable"), ("14 Gone St", "deliverable")):
        body = {"primary_line": line, "city": "Chicago", "state": "IL", "zip_code": "60601"}
        answer = ask(house, "/us_verifications", method="POST", json=body).json()
        assert answer["deliverability"] == word
