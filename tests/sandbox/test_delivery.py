"""Connection overrides, retries and the readers of what comes back: pure."""

import pytest

from forbear.sandbox.delivery import Overrides, backoff, failure_of
from forbear.sandbox.forms import read
from forbear.sandbox.keywords import keyword
from forbear.sandbox.sessions import amount, nest
from forbear.sandbox.twiml import Reply, replies
from forbear.sandbox.visits import link_in


def test_defaults_try_once_more_and_only_when_nobody_listens() -> None:
    plain = Overrides.of("http://127.0.0.1/x?a=1")
    assert plain == Overrides()
    assert plain.retry("ct", 1, 0)
    assert not plain.retry("ct", 2, 0)
    assert not plain.retry("5xx", 1, 0)


def test_a_fragment_overrides_times_counts_and_policy() -> None:
    given = Overrides.of("http://127.0.0.1/x#ct=2000&rt=3000&tt=9000&rc=3&rp=5xx,rt&e=dublin")
    assert (given.connect, given.read, given.total, given.retries) == (2.0, 3.0, 9.0, 3)
    assert given.retry("5xx", 3, 8.9)
    assert given.retry("rt", 1, 0)
    assert not given.retry("4xx", 1, 0)
    assert not given.retry("5xx", 4, 0)
    assert not given.retry("5xx", 1, 9.0)


def test_at_most_five_retries_and_nonsense_keeps_the_default() -> None:
    assert Overrides.of("http://127.0.0.1/x#rc=50&rp=all").retries == 5
    assert Overrides.of("http://127.0.0.1/x#rc=many&ct=-1") == Overrides()


def test_backoff_grows_to_a_limit() -> None:
    waits = [backoff(tries) for tries in range(1, 12)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (0.1, 5.0)


@pytest.mark.parametrize(("status", "failure"), [(200, None), (204, None), (302, None), (404, "4xx"), (503, "5xx")])
def test_answers_in_the_retry_policys_words(status: int, failure: str | None) -> None:
    assert failure_of(status) == failure


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<Response/>", ()),
        ("", ()),
        ("OK", ()),
        ("<html><Message>x</Message></html>", ()),
        ("<Response><Message> Noted. </Message></Response>", (Reply("Noted."),)),
        (
            "<Response><Message to='+12125550101'><Body>a</Body><Body>b</Body></Message></Response>",
            (Reply("ab", "+12125550101"),),
        ),
        ("<?xml version='1.0' encoding='UTF-8'?><Response><Message>a</Message><Message/></Response>", (Reply("a"),)),
    ],
)
def test_twiml_is_messages_or_nothing(text: str, found: tuple[Reply, ...]) -> None:
    assert replies(text) == found


@pytest.mark.parametrize(
    ("body", "word"),
    [("STOP", "stop"), ("stop\n", "stop"), ("Yes", "start"), ("INFO", "help"), ("stop it", None), ("", None)],
)
def test_keywords_stand_alone(body: str, word: str | None) -> None:
    assert keyword(body) == word


def test_forms_come_back_with_what_they_held() -> None:
    page = read(
        """<a href="promise">later</a>
        <form method=post action="/p/x/pay"><input type=hidden name=key value="k&amp;1">
        <input type=radio name=choice value=full checked><input type=radio name=choice value=part>
        <input name=amount value="120.00"><input type=checkbox name=sure value=1 required>
        <button name=ignored value=1>Pay</button></form>
        <form action="dispute"><select name=reason><option value="">Choose<option value=paid>Paid</select>
        <textarea name=more></textarea></form>""",
        "http://127.0.0.1:1/p/x/account",
    )
    pay, dispute = page.form("pay"), page.form("dispute")
    assert pay is not None
    assert dispute is not None
    assert pay.filled({"choice": "part", "amount": "60.00"}) == {
        "key": "k&1",
        "choice": "part",
        "amount": "60.00",
        "sure": "1",
    }
    assert dispute.action == "http://127.0.0.1:1/p/x/dispute"
    assert dispute.filled({"reason": "I do not owe this"}) == {"reason": "paid", "more": ""}
    assert page.link("promise") == "http://127.0.0.1:1/p/x/promise"
    assert page.form("hardship") is None


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ("Pay here: http://127.0.0.1:8000/p/Ab9_-x. Reply STOP to opt out", "http://127.0.0.1:8000/p/Ab9_-x"),
        ("See https://pay.example.com/p/abc", "https://pay.example.com/p/abc"),
        ("Call us at 212 555 0100", None),
    ],
)
def test_people_find_the_link(body: str, link: str | None) -> None:
    assert link_in(body) == link


def test_stripes_brackets_nest() -> None:
    pairs = [
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][quantity]", "1"),
        ("metadata[touch]", "t"),
        ("mode", "payment"),
    ]
    assert nest(pairs) == {
        "line_items": {"0": {"price_data": {"currency": "usd"}, "quantity": "1"}},
        "metadata": {"touch": "t"},
        "mode": "payment",
    }


@pytest.mark.parametrize(
    ("currency", "major"), [("usd", "1234.50"), ("jpy", "123450"), ("kwd", "123.450"), ("ugx", "1234.50")]
)
def test_minor_units_follow_the_currency(currency: str, major: str) -> None:
    assert amount({"currency": currency, "amount_total": 123_450}) == major
