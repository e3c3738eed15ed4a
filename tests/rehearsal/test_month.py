"""A small month told to the end: its numbers, its plots, its page, its two stories."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from forbear.rehearsal import plots, report, story
from forbear.rehearsal.demo import ORIGIN
from forbear.rehearsal.figures import Month, Row, summary

KEYS = [
    *("days", "accounts", "persons", "touches", "held", "suppressed", "paid_accounts", "collected", "open_accounts"),
    *("violations", "duplicates", "lost", "history_events_per_touch", "seconds"),
]
CLEAN = {"violations": 0, "unexpected": 0, "idle": 0, "leaks": 0, "duplicates": 0, "lost": 0}


def at(days: float) -> str:
    return (ORIGIN + timedelta(days=days)).isoformat()


def account(name: str, person: str, **fields: Any) -> Row:
    row = {"id": name, "borrower": person, "state": "open", "next_rule": "", "next_at": at(9), "next_reason": "later"}
    return row | fields


def decision(of: str, number: int, rule: str, kind: str = "rest") -> Row:
    return {"account": of, "number": number, "at": at(number), "rule": rule, "kind": kind}


def touch(name: str, of: str, state: str = "delivered") -> Row:
    return {"id": name, "account": of, "accounts": [of], "person": "per_a", "state": state}


@pytest.fixture
def month() -> Month:
    world = [
        {"channel": "sms", "sid": "SM1", "at": at(1.3), "to": "+12075550100"},
        {"sid": "SM1", "status": "sent", "at": at(1.31)},
        {"sid": "SM1", "status": "delivered", "at": at(1.32)},
        {"channel": "sms", "sid": "SM2", "at": at(2.3), "to": "+12075550101"},
        {"sid": "SM2", "status": "undelivered", "at": at(2.4)},
        {"channel": "sms", "sid": "SM3", "at": at(2.5), "to": "+12075550100"},
        {"channel": "sms-auto", "sid": "SM4", "at": at(2.6), "to": "+12075550101"},
    ]
    tables: dict[str, list[Row]] = {
        "account": [
            account("acc_paid", "per_a", state="closed", next_at=None),
            account("acc_out", "per_b", next_rule="POLICY.SUPPRESSED"),
            account("acc_wait", "per_a", next_rule="POLICY.ZONE"),
            account("acc_fight", "per_c"),
        ],
        "entry": [
            {"account": "acc_paid", "amount": "100.00"},
            {"account": "acc_paid", "amount": "-100.00"},
            *({"account": name, "amount": "50.00"} for name in ("acc_out", "acc_wait", "acc_fight")),
        ],
        "payment": [
            {"account": "acc_paid", "amount": "60.00", "currency": "USD", "source": "link", "received_at": at(2)},
            {"account": "acc_paid", "amount": "40.00", "currency": "USD", "source": "lender", "received_at": at(3)},
        ],
        "decision": [
            *(decision("acc_out", number, "POLICY.SUPPRESSED") for number in range(3)),
            decision("acc_wait", 0, "POLICY.ZONE"),
            decision("acc_wait", 1, "", "contact"),
            decision("acc_wait", 2, "POLICY.ZONE"),
        ],
        "suppression": [
            {"person": None, "address_key": "k1", "lifted_at": None},
            {"person": "per_c", "address_key": None, "lifted_at": at(2)},
        ],
        "contact_point": [{"person": "per_b", "address_key": "k1"}, {"person": "per_a", "address_key": "k2"}],
        "stop": [{"person": "per_c", "account": "acc_fight", "kind": "dispute", "state": None, "lifted_at": None}],
        "touch": [touch("t1", "acc_paid"), touch("t2", "acc_paid"), touch("t3", "acc_wait", "failed")],
    }
    return Month(world, tables, ORIGIN, ORIGIN + timedelta(days=4), 4)


def test_the_summary_has_exactly_its_keys(month: Month) -> None:
    told = summary(month, CLEAN, events_per_touch=13.5, seconds=61.25)
    assert list(told) == KEYS
    assert told["touches"] == {"sms": 3}
    assert (told["accounts"], told["persons"], told["open_accounts"], told["paid_accounts"]) == (4, 3, 3, 1)
    assert told["collected"] == {"USD": "100.00"}
    assert told["suppressed"] == 1


def test_a_hold_decided_again_and_again_is_one(month: Month) -> None:
    assert month.held == {"POLICY.ZONE": 2, "POLICY.SUPPRESSED": 1}


def test_whatever_the_judge_found_shows_in_the_summary(month: Month) -> None:
    for name in ("violations", "unexpected", "idle", "leaks"):
        assert summary(month, CLEAN | {name: 2}, events_per_touch=0, seconds=1)["violations"] == 2
    for name in ("duplicates", "lost"):
        assert summary(month, CLEAN | {name: 3}, events_per_touch=0, seconds=1)[name] == 3


def test_accounts_stand_in_words(month: Month) -> None:
    assert month.states == {"paid in full": 1, "waiting for data": 1, "opted out": 1, "disputed": 1}


def test_texts_end_in_one_of_three_ways(month: Month) -> None:
    assert [text["last"] for text in month.texts] == ["delivered", "not delivered", "no report"]


def test_the_same_figures_give_the_same_plot(month: Month) -> None:
    for plot in (plots.touches_per_day, plots.collected_over_time, plots.held_by_rule, plots.states_of_accounts):
        drawn = plot(month)
        assert drawn.startswith("<svg")
        assert plot(month) == drawn


def test_the_most_eventful_account_and_a_silent_one_are_told(month: Month) -> None:
    assert story.eventful(month) == "acc_paid"
    assert story.silent(month) == "acc_out"


VIEW: dict[str, Any] = {
    "id": "acc_out",
    "product": "Everyday Card",
    "stage": "M1",
    "closed": None,
    "next": {"at": at(9), "reason": "Every opt-out binds.; lifted by: new_consent", "rule": "POLICY.SUPPRESSED"},
}


def item(kind: str, text: str, **more: str) -> dict[str, Any]:
    return {"at": at(1), "kind": kind, "text": text, **more}


def test_a_story_leaves_out_what_only_machines_say() -> None:
    timeline = [
        item("enrolled", "enrolled"),
        item("decision", "it is night"),
        item("receipt", "taken", status="queued"),
        item("receipt", "arrived", status="delivered"),
    ]
    told = story.tell(VIEW, timeline)
    assert [line.what for line in told.lines] == ["enrolled", "arrived"]
    assert told.now.endswith("Every opt-out binds; lifted by: new_consent (POLICY.SUPPRESSED).")


def test_a_silence_is_explained_by_each_decision_once() -> None:
    timeline = [item("decision", "opted out"), item("decision", "opted out"), item("payment", "10.00")]
    assert [line.what for line in story.explain(VIEW, timeline).lines] == ["opted out"]


class Outline(HTMLParser):
    """Tags of a page, and the ids its labels point to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.pointers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.pointers += [given["aria-labelledby"] or ""] if "aria-labelledby" in given else []


@pytest.mark.parametrize("lost", [0, 1])
def test_the_page_stands_alone_and_says_whether_the_rules_were_kept(month: Month, tmp_path: Path, lost: int) -> None:
    told = summary(month, CLEAN | {"lost": lost}, events_per_touch=13.5, seconds=61)
    lines = [story.Line(ORIGIN, "it was <enrolled>")]
    one = story.Story("acc_x", "Everyday Card, M1", lines, "Closed.")
    report.write(tmp_path / "report.html", month, told, one, one)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    outline = Outline(page)
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("svg") == 4
    assert outline.tags.count("table") == 6
    assert len(set(outline.ids)) == len(outline.ids)
    assert set(outline.pointers) <= set(outline.ids)
    assert not {"script", "link", "img"} & set(outline.tags)
    assert not re.search(r"(?:src|href)=\"(?!#)", re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL))
    assert "it was &lt;enrolled&gt;" in page
    assert ("<strong>Yes.</strong>" in page) is (lost == 0)
