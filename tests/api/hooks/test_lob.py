"""Lob's events at our door: signed just now, doubled, reordered, forged, or about nothing of ours."""

import json
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from httpx import Response
from pydantic import SecretStr

from forbear.channels.lob_news import news_of_letter
from forbear.channels.lob_signature import SIGNATURE, TIMESTAMP, sign
from tests.api.pages.site import Borrower, Site
from tests.post.mailing import Mailed, mailed

SECRET = "lob-hook-secret"
OLD_SECRET = "lob-hook-secret-of-yesterday"
NAMES = {"mailed": "Mailed", "in_transit": "In Transit", "returned_to_sender": "Returned to Sender"}


@pytest.fixture
def site(site: Site) -> Site:
    """Lob's secret is being changed."""
    given = {"lob_webhook_secret": SecretStr(f"{SECRET},{OLD_SECRET}")}
    site.settings = site.app.state.settings = site.settings.model_copy(update=given)
    return site


@pytest.fixture
def letter(site: Site) -> Mailed:
    letter = mailed(site.house)
    letter.record()
    return letter


def stamp(site: Site, ago: timedelta = timedelta(0)) -> str:
    return str(int((site.house.ledger.clock.machine_now() - ago).timestamp() * 1_000))


def tell(
    site: Site,
    body: bytes | str,
    *,
    secret: str = SECRET,
    timestamp: str | None = None,
    signature: str | None = None,
    without: str = "",
) -> Response:
    body = body.encode() if isinstance(body, str) else body
    timestamp = stamp(site) if timestamp is None else timestamp
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: sign(body, timestamp, secret) if signature is None else signature,
        TIMESTAMP: timestamp,
    }
    headers.pop(without, None)
    return site.browser().post("/hooks/lob", content=body, headers=headers)


def at(letter: Mailed, days: float) -> str:
    return (letter.house.now + timedelta(days=days)).isoformat()


def scan(letter: Mailed, word: str, days: float) -> dict[str, Any]:
    return {"id": f"evnt_{word}", "type": "normal", "name": NAMES[word], "time": at(letter, days), "details": None}


def event(letter: Mailed, word: str, days: float = 0, *scans: str, **more: Any) -> str:
    """An event as Lob sends it; the letter in it has had these scans, and that of the event itself."""
    body = {
        "id": letter.provider_id,
        "metadata": {"touch": letter.touch},
        "date_created": at(letter, 0),
        "extra_service": None,
        "tracking_events": [scan(letter, each, days) for each in (*scans, word) if each in NAMES],
    }
    told = {
        "id": f"evt_{word}",
        "body": body,
        "reference_id": letter.provider_id,
        "event_type": {"id": f"letter.{word}", "resource": "letters", "object": "event_type"},
        "date_created": at(letter, days),
        "object": "event",
        **more,
    }
    return json.dumps(told)


def test_a_letter_comes_back_and_its_address_is_invalid(site: Site, letter: Mailed) -> None:
    for word in ("created", "rendered_pdf", "mailed", "delivered", "returned_to_sender"):
        assert tell(site, event(letter, word, 1)).status_code == 204
    assert (letter.state(), letter.address_state()) == ("undelivered", "invalid")
    assert sorted(kind for kind, _, _ in letter.proved()) == ["posted", "returned", "tracked"]
    assert set(letter.told()) == {"letter_tracked", "touch_undelivered"}


def test_doubled_and_reordered_events_come_to_the_same(site: Site) -> None:
    words = ("created", "mailed", "delivered", "returned_to_sender")
    for order in list(permutations(words))[::5]:
        letter = mailed(site.house)
        letter.record()
        for word in (*order, *order):
            assert tell(site, event(letter, word, words.index(word))).status_code == 204
        assert (letter.state(), letter.address_state()) == ("undelivered", "invalid")
        assert [kind for kind, _, _ in letter.proved()] == ["posted", "tracked", "returned"]


def test_an_event_and_the_same_scan_asked_later_are_one_proof(site: Site, letter: Mailed) -> None:
    told = event(letter, "mailed", 1)
    tell(site, told)
    letter.learn(*news_of_letter(json.loads(told)["body"]), source="listing")
    assert letter.proved() == [("posted", "scanned", None)]


def test_a_deleted_letter_is_known_by_its_id_alone(site: Site, letter: Mailed) -> None:
    body = {"id": letter.provider_id, "deleted": True, "object": "letter_deleted"}
    assert tell(site, event(letter, "deleted", 0, body=body)).status_code == 204
    assert letter.state() == "failed"


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_both_secrets_hold_while_one_is_changed(site: Site, letter: Mailed, secret: str) -> None:
    assert tell(site, event(letter, "mailed"), secret=secret).status_code == 204
    assert letter.proved()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"secret": "somebody-elses"},
        {"signature": "00" * 32},
        {"signature": ""},
        {"without": SIGNATURE},
        {"without": TIMESTAMP},
        {"timestamp": "yesterday"},
        {"timestamp": "-1"},
        {"timestamp": "9" * 40},
        {"timestamp": "3e10"},
    ],
    ids=str,
)
def test_a_forged_event_changes_nothing(site: Site, letter: Mailed, spoilt: dict[str, str]) -> None:
    answer = tell(site, event(letter, "returned_to_sender"), **spoilt)  # pyright: ignore[reportArgumentType]  texts all
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert (letter.state(), letter.proved(), letter.told()) == ("sent", [], [])


@pytest.mark.parametrize(("ago", "status"), [(299, 204), (301, 403), (-299, 204), (-301, 403)])
def test_a_signature_is_good_for_minutes(site: Site, letter: Mailed, ago: int, status: int) -> None:
    when = stamp(site, timedelta(seconds=ago))
    assert tell(site, event(letter, "mailed"), timestamp=when).status_code == status


def test_whole_seconds_are_understood(site: Site, letter: Mailed) -> None:
    assert tell(site, event(letter, "mailed"), timestamp=stamp(site)[:-3]).status_code == 204


def test_without_a_secret_nothing_is_believed(site: Site, letter: Mailed) -> None:
    site.settings = site.app.state.settings = site.settings.model_copy(update={"lob_webhook_secret": SecretStr("")})
    assert tell(site, event(letter, "mailed"), secret="").status_code == 403
    assert letter.proved() == []


@pytest.mark.parametrize("body", ["", "no json", "[]", '"text"', b"\xff\xfe", "1"])
def test_what_is_no_event_is_said_to_be_none(site: Site, body: bytes | str) -> None:
    answer = tell(site, body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "more",
    [
        {"event_type": {"id": "postcard.mailed"}},
        {"event_type": {"id": "letter.rendered_thumbnails"}},
        {"event_type": {"id": "letter.something_new"}},
        {"event_type": None},
        {"date_created": "some day"},
        {"date_created": None},
    ],
    ids=str,
)
def test_what_is_not_understood_is_acknowledged(site: Site, letter: Mailed, more: dict[str, Any]) -> None:
    assert tell(site, event(letter, "delivered", 0, **more)).status_code == 204
    assert (letter.state(), letter.proved()) == ("sent", [])


def test_letters_that_are_not_ours_are_acknowledged(site: Site, letter: Mailed, borrower: Borrower) -> None:
    strange = json.loads(event(letter, "mailed"))
    for touch in ("tch_of_nobody", borrower.order.touch, 7):
        strange["body"]["metadata"]["touch"] = touch
        assert tell(site, json.dumps(strange)).status_code == 204
    assert letter.proved() == []


def test_a_large_event_is_not_read(site: Site) -> None:
    assert tell(site, b" " * (600 * 1024)).status_code == 403


def test_times_of_no_zone_are_not_guessed(site: Site, letter: Mailed) -> None:
    naive = datetime(2026, 3, 2, 12).isoformat()  # noqa: DTZ001  what is to be refused
    assert tell(site, event(letter, "viewed", 0, date_created=naive)).status_code == 204
    assert letter.state() == "sent"
    assert tell(site, event(letter, "viewed")).status_code == 204
    assert (letter.state(), letter.proved()) == ("delivered", [("read", "inferred", None)])
