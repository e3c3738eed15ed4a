"""Lob's words in ours: scans, inferences, reasons, and words it may invent tomorrow."""

from typing import Any

import pytest

from forbear.channels.lob_news import news_of_event, news_of_letter, touch_of

NOON = "2026-03-02T12:00:00.000Z"


def scan(name: str, hour: int, detail: str | None = None) -> dict[str, Any]:
    details = None if detail is None else {"event": detail}
    return {"id": f"evnt_{hour}", "name": name, "time": f"2026-03-05T{hour:02}:00:00.000Z", "details": details}


def letter(*scans: dict[str, Any], **more: Any) -> dict[str, Any]:
    base = {"id": "ltr_1", "date_created": NOON, "extra_service": None, "metadata": {"touch": "tch_1"}}
    return {**base, "tracking_events": list(scans), **more}


@pytest.mark.parametrize(
    ("name", "status", "proof"),
    [
        ("Mailed", "handed_over", "posted"),
        ("In Transit", "in_transit", "tracked"),
        ("In Local Area", "in_transit", "tracked"),
        ("Processed for Delivery", "in_transit", "tracked"),
        ("Pickup Available", "in_transit", "tracked"),
        ("Re-Routed", "in_transit", "tracked"),
        ("Delivered", "delivered", "tracked"),
        ("Returned to Sender", "returned", "returned"),
    ],
)
def test_a_scan_is_a_scan(name: str, status: str, proof: str) -> None:
    told = news_of_letter(letter(scan(name, 9)))[1]
    assert (told.status, told.proof, told.scanned, told.event) == (status, proof, True, "evnt_9")


def test_a_certified_delivery_is_signed_for_only_with_its_receipt() -> None:
    for service, status in (("certified", "delivered"), ("certified_return_receipt", "signed")):
        told = news_of_letter(letter(scan("Delivered", 9), extra_service=service, tracking_number="9207"))[1]
        assert (told.status, told.tracking_number) == (status, "9207")


@pytest.mark.parametrize(
    ("issue", "reason"),
    [
        ("package_unclaimed", "unclaimed"),
        ("package_undeliverable", "unknown_address"),
        ("address_issue", "insufficient_address"),
        ("package_forwarded", "moved"),
        ("contact_carrier", "other"),
        (None, "other"),
    ],
)
def test_the_last_issue_says_why_it_came_back(issue: str | None, reason: str) -> None:
    issues = [] if issue is None else [scan("Issue", 9, "notice_left"), scan("Issue", 10, issue)]
    told = news_of_letter(letter(*issues, scan("Returned to Sender", 11)))
    assert (told[-1].status, told[-1].code) == ("returned", reason)


def test_lost_mail_is_lost() -> None:
    told = news_of_letter(letter(scan("Mailed", 8), scan("Issue", 9, "package_lost")))
    assert [one.status for one in told] == ["accepted", "handed_over", "lost_in_post"]


def test_scans_are_told_in_the_order_of_their_times() -> None:
    told = news_of_letter(letter(scan("Returned to Sender", 20), scan("Mailed", 8)))
    assert [one.status for one in told[1:]] == ["handed_over", "returned"]


@pytest.mark.parametrize(
    "spoilt",
    [
        {},
        {"id": "ltr_1"},
        {"id": "ltr_1", "date_created": "2026-03-02T12:00:00"},
        {"id": "ltr_1", "date_created": 7},
    ],
)
def test_what_is_no_letter_tells_nothing(spoilt: dict[str, Any]) -> None:
    assert news_of_letter(spoilt) == ()


@pytest.mark.parametrize("events", [None, "text", [None, 7], [scan("Teleported", 9)], [{"name": "Mailed"}]])
def test_words_nobody_knows_are_left_out(events: Any) -> None:
    assert [one.status for one in news_of_letter(letter(tracking_events=events))] == ["accepted"]


@pytest.mark.parametrize(
    ("kind", "status", "proof", "scanned"),
    [
        ("letter.created", "accepted", None, False),
        ("letter.rendered_pdf", "rendered", None, False),
        ("letter.deleted", "cancelled", None, False),
        ("letter.rejected", "cancelled", None, False),
        ("letter.failed", "cancelled", None, False),
        ("letter.delivered", "delivered", "tracked", False),
        ("letter.viewed", "delivered", "read", False),
        ("letter.mailed", "handed_over", "posted", True),
        ("letter.international_exit", "in_transit", "tracked", True),
        ("letter.certified.mailed", "handed_over", "posted", True),
        ("letter.certified.delivered", "delivered", "tracked", True),
        ("letter.re-routed", "in_transit", "tracked", True),
    ],
)
def test_an_event_without_the_scan_in_it_speaks_for_itself(
    kind: str, status: str, proof: str | None, scanned: bool
) -> None:
    event = {"id": "evt_1", "event_type": {"id": kind}, "body": letter(), "date_created": NOON}
    [told] = news_of_event(event)
    assert (told.status, told.proof, told.scanned, told.event) == (status, proof, scanned, "evt_1")


def test_an_event_with_the_scan_in_it_is_that_scan() -> None:
    body = letter(scan("In Transit", 8), scan("In Transit", 10))
    event = {"id": "evt_1", "event_type": {"id": "letter.in_transit"}, "body": body, "date_created": NOON}
    [told] = news_of_event(event)
    assert told == news_of_letter(body)[-1]


@pytest.mark.parametrize("metadata", [None, [], {}, {"other": "x"}])
def test_a_letter_without_our_mark_is_nobodys(metadata: Any) -> None:
    assert touch_of({"metadata": metadata}) == ""
