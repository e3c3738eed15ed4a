"""A small month of two lenders told to the end: its numbers, its plots, its page in each language, its stories."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from forbear.rehearsal import plots, report, ruling, story
from forbear.rehearsal.demo import ORIGIN
from forbear.rehearsal.figures import Month, Row, summary
from forbear.rehearsal.lenders import BANK, UNION
from forbear.rehearsal.words import LANGUAGES, words
from forbear.rules.packs import load

KEYS = [
    *("days", "accounts", "persons", "touches", "ends", "held", "suppressed", "paid_accounts", "collected", "owed"),
    *("open_accounts", "violations", "duplicates", "lost", "history_events_per_touch", "seconds", "lenders"),
]
CLEAN = {"violations": 0, "unexpected": 0, "idle": 0, "leaks": 0, "duplicates": 0, "lost": 0}


def at(days: float) -> str:
    return (ORIGIN + timedelta(days=days)).isoformat()


def account(name: str, person: str, **fields: Any) -> Row:
    row = {"id": name, "borrower": person, "state": "open", "next_rule": "", "next_at": at(9), "next_reason": "later"}
    return row | {"lender": "len_union", "currency": "USD"} | fields


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
    say = words()
    drawings = (
        lambda: plots.texts_per_day(plots.every_day(month), [month], say),
        lambda: plots.collected_over_time(month, "USD", say),
        lambda: plots.counts({"one": (1, 2), "two": (3, 0)}, "times"),
    )
    for draw in drawings:
        drawn = draw()
        assert drawn.startswith("<svg")
        assert draw() == drawn


def two_lenders(month: Month) -> Month:
    """The same month with a bank in China, to which person a owes too, by a text of its own."""
    rows = {"lender": "len_bank", "currency": "CNY"}
    tables = {name: [row | {"lender": "len_union"} | row for row in found] for name, found in month.tables.items()}
    tables["lender"] = [{"id": "len_union", "name": UNION.name}, {"id": "len_bank", "name": BANK.name}]
    tables["account"].append(account("acc_cn", "per_a") | rows)
    tables["entry"] += [{"account": "acc_cn", "amount": "900.00", "lender": "len_bank"}]
    tables["entry"] += [{"account": "acc_cn", "amount": "-88.00", "lender": "len_bank"}]
    paid = {"account": "acc_cn", "amount": "88.00", "source": "lender", "received_at": at(3)}
    tables["payment"].append(paid | rows)
    tables["touch"].append(touch("t4", "acc_cn") | rows)
    tables["decision"].append(decision("acc_cn", 1, "ROUTE.NONE") | rows)
    for found, name in ((month.world, "SM1"), (month.world, "SM3")):
        next(line for line in found if line.get("sid") == name and "channel" in line)["ref"] = "t1"
    world = [*month.world, {"channel": "sms", "sid": "1^0", "at": at(2.99), "to": "+8619900000001", "ref": "t4"}]
    return Month(world, tables, month.start, month.end, month.days)


def test_each_lender_has_its_part_and_no_two_currencies_are_added(month: Month) -> None:
    whole = two_lenders(month)
    told = summary(whole, CLEAN, events_per_touch=13.5, seconds=61.25)
    union, bank = told["lenders"]
    assert (told["collected"], told["owed"]) == (
        {"CNY": "88.00", "USD": "100.00"},
        {"CNY": "812.00", "USD": "150.00"},
    )
    assert (union["collected"], bank["collected"]) == ({"USD": "100.00"}, {"CNY": "88.00"})
    assert (union["accounts"], bank["accounts"], told["accounts"]) == (4, 1, 5)
    assert (union["persons"], bank["persons"], told["persons"]) == (3, 1, 3)
    assert (union["touches"], bank["touches"]) == ({"sms": 2}, {"sms": 1})
    assert bank["held"] == {"ROUTE.NONE": 1}
    assert "ROUTE.NONE" not in union["held"]


def test_a_lenders_days_are_days_where_it_is(month: Month) -> None:
    (_, union), (_, bank) = two_lenders(month).parts()
    late = at(2.7)
    assert (bank.day_of(late) - union.day_of(late)).days == 1


def test_every_language_has_the_same_words() -> None:
    """A translation may know more: it words what English takes from the API."""
    english = words().tables
    for language in LANGUAGES[1:]:
        other = words(language).tables
        for table, known in english.items():
            assert known.keys() <= other[table].keys(), (language, table)
        assert other["rule"].keys() == english["rule"].keys()


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


def test_of_a_long_story_the_beginning_and_the_end_are_told() -> None:
    told = story.tell(VIEW, [item("reply", f"said {number}") for number in range(30)])
    assert len(told.lines) == story.MOST_LINES
    assert [line.what for line in (told.lines[0], told.lines[7], told.lines[8], told.lines[-1])] == [
        *("said 0", "…", "said 24", "said 29"),
    ]


def test_a_silence_is_explained_by_each_decision_once() -> None:
    timeline = [item("decision", "opted out"), item("decision", "opted out"), item("payment", "10.00")]
    assert [line.what for line in story.explain(VIEW, timeline).lines] == ["opted out"]


def permit(verdict: str, *rules: str) -> Row:
    until = None if verdict == "block" else at(3)
    findings = [{"rule": rule, "until": until} for rule in rules]
    return {"verdict": verdict, "findings": findings, "looked_at": ["POLICY.HOURS", "POLICY.SMS1", "US-MA.CALLS.TWO"]}


@pytest.fixture
def weighed(month: Month) -> Month:
    """A month whose decisions asked the rules: held twice by the same, held by another, blocked, made, not sent."""
    whole = two_lenders(month)
    held, allowed = permit("hold", "POLICY.HOURS"), permit("allow")
    taken = [
        decision("acc_wait", 10, "POLICY.HOURS") | {"permit": held},
        decision("acc_wait", 11, "POLICY.HOURS") | {"permit": held},
        decision("acc_wait", 12, "POLICY.SMS1") | {"permit": permit("hold", "POLICY.HOURS", "POLICY.SMS1")},
        decision("acc_wait", 13, "") | {"permit": allowed},  # its place in the day had not come
        decision("acc_wait", 14, "", "contact") | {"permit": allowed, "touch": "t1"},
        decision("acc_wait", 15, "", "contact") | {"permit": allowed, "touch": "t3"},
        decision("acc_cn", 10, "POLICY.CONSENT") | {"permit": permit("block", "POLICY.CONSENT")},
    ]
    lenders = {"acc_wait": "len_union", "acc_cn": "len_bank"}
    rows: list[Row] = [row | {"lender": lenders[str(row["account"])]} for row in taken]
    tables = whole.tables | {"decision": [*whole.rows("decision"), *rows]}
    return Month(whole.world, tables, whole.start, whole.end, whole.days)


def test_every_attempt_ends_in_one_way_and_each_rule_has_its_part(weighed: Month) -> None:
    told = ruling.of_month(weighed)
    assert (told.attempted, told.held, told.blocked, told.made, told.not_sent) == (5, 2, 1, 1, 1)
    assert {each.rule: (each.attempted, each.held, each.blocked, each.made) for each in told.rules} == {
        "POLICY.HOURS": (5, 2, 0, 1),
        "POLICY.SMS1": (5, 1, 0, 1),
        "POLICY.CONSENT": (1, 0, 1, 0),
        "US-MA.CALLS.TWO": (5, 0, 0, 1),
    }
    assert told.rules[0].rule == "POLICY.HOURS"
    (_, union), (_, bank) = weighed.parts()
    assert (ruling.of_month(union).blocked, ruling.of_month(bank).blocked) == (0, 1)


def test_rules_are_called_by_their_titles_and_in_chinese_by_what_they_say() -> None:
    every = load()
    known = every.by_jurisdiction["US"].terms[0]
    assert ruling.title(known.rule, words()) == known.title != known.rule
    for pack in every.by_jurisdiction.values():
        for terms in pack.terms:
            assert re.search("[\u4e00-\u9fff]", ruling.title(terms.rule, words("zh-Hans"))), terms.rule
    assert ruling.title("NO.SUCH", words()) == "NO.SUCH"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compliance_page_shows_attempts_by_lender_and_by_rule(weighed: Month, language: str) -> None:
    say = words(language)
    told = ruling.ruling(weighed, [part for _, part in weighed.parts()], say)
    assert dict(told.ends)[say("decided", "attempted")] == [4, 1, 5]
    assert [rule for _, rule, _ in told.denied] == ["POLICY.HOURS", "POLICY.SMS1", "POLICY.CONSENT"]
    assert [rule for _, rule, _ in told.silent] == ["US-MA.CALLS.TWO"]
    page = report.render(weighed, summary(weighed, CLEAN, events_per_touch=0, seconds=1), [], language)
    assert "<code>POLICY.SMS1</code>" in page
    assert say("page", "silent", count=1) in page


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lost", [0, 1])
def test_the_page_stands_alone_and_says_whether_the_rules_were_kept(month: Month, language: str, lost: int) -> None:
    whole = two_lenders(month)
    told = summary(whole, CLEAN | {"lost": lost}, events_per_touch=13.5, seconds=61)
    view = VIEW | {"product": "a <Card>"}
    happened = [item("enrolled", "it was enrolled"), item("receipt", "arrived", status="delivered", channel="sms")]
    page = report.render(
        whole, told, [story.Read(UNION, view, happened), story.Read(BANK, view, happened, quiet=True)], language
    )
    outline = Outline(page)
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("svg") == 9
    assert outline.tags.count("table") == 14
    assert len(set(outline.ids)) == len(outline.ids)
    assert set(outline.pointers) <= set(outline.ids)
    assert not {"script", "link", "img"} & set(outline.tags)
    links = re.findall(r"(?:src|href)=\"([^#\"]+)", re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL))
    assert links == [report.name_of(each) for each in LANGUAGES if each != language]
    assert "a &lt;Card&gt;" in page
    assert (f"<strong>{words(language)('page', 'yes')}</strong>" in page) is (lost == 0)
    assert f'<html lang="{language}">' in page
    assert all(currency in page for currency in ("88.00 CNY", "100.00 USD"))


def test_pictures_name_fonts_that_have_chinese_and_speak_the_pages_language(month: Month) -> None:
    page = report.render(two_lenders(month), summary(month, CLEAN, events_per_touch=0, seconds=1), [], "zh-Hans")
    drawn = " ".join(re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL))
    assert "Noto Sans CJK SC" in drawn
    assert words("zh-Hans").of("rule", "ROUTE.NONE") in drawn
    assert not re.search(r">(texts|times|accounts|collected)", drawn)


def test_the_chinese_story_is_told_in_chinese() -> None:
    happened = [
        item("enrolled", "The account was enrolled"),
        item("touch", "A text message", channel="sms", role="guarantor", state="sent"),
        item("receipt", "arrived", status="delivered", channel="sms"),
        item("reply", "The person disputed", reading="dispute"),
        item("promise", "Promised") | {"amount": {"amount": "5.00", "currency": "CNY"}, "due_on": "2026-11-03"},
    ]
    told = story.Read(BANK, VIEW, happened).told("zh-Hans")
    assert [re.search(r"[A-Za-z]{4}", line.what) for line in told.lines] == [None] * 5
    assert "5.00 CNY" in told.lines[-1].what
    assert "担保人" in told.lines[1].what
    assert "本人已退订" in told.now
