"""The pages of cases: who may see and act, the queue, each form with what it refuses, and the calendar."""

import re
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from icalendar import Calendar

from forbear.api.staff.cases_said import say
from forbear.api.staff.wording import FOLDER, words_in
from forbear.contracts import case_words
from forbear.contracts.case_words import FactKind
from forbear.court.facts import FACT_KINDS, forms
from forbear.court.paths import load_all
from forbear.ledger.cases.files import SLOTS
from forbear.ledger.staffing import LANGUAGES
from forbear.ledger.tables.accounts import LegalCase
from tests.api.staff.desk import Colleague, Desk
from tests.api.staff.law import Law
from tests.casework.filing import page as sheet

WAYS = (
    "tell",
    "tell/filed",
    "take-up",
    "guarantee",
    "cost",
    "service",
    "files/add",
    "assign",
    "fields",
    "packets",
    "close",
)


@pytest.fixture
def law(desk: Desk) -> Law:
    return Law.of(desk)


@pytest.fixture
def legal(law: Law) -> Colleague:
    return law.desk.hire("legal").signed_in()


def test_only_the_roles_of_cases_see_them_and_only_legal_staff_acts(law: Law, legal: Colleague) -> None:
    case = law.case()
    law.decide(case)
    for role in ("caller", "officer"):
        stranger = law.desk.hire(role).signed_in()
        assert "/staff/cases" not in stranger.get("/staff").text
        for way in ("", f"/{case}", *(f"/{case}/{each}" for each in WAYS), "/runs", "/calendar"):
            assert stranger.get(f"/staff/cases{way}").status_code == 403, (role, way)
    for role in ("supervisor", "operator"):
        looker = law.desk.hire(role).signed_in()
        assert "/staff/cases" in looker.get("/staff").text
        assert looker.visit("/staff/cases").h1 == "Legal cases"
        shown = looker.visit(f"/staff/cases/{case}")
        assert shown.forms == []
        assert "your role may look; legal staff acts" in shown.text
        for way in (*WAYS, "reopen"):
            assert looker.get(f"/staff/cases/{case}/{way}").status_code == 403, (role, way)
    for way in WAYS:
        assert legal.get(f"/staff/cases/{case}/{way}").status_code == (409 if way == "take-up" else 200), way
    token = legal.visit(f"/staff/cases/{case}/cost").form("cost").fields["csrf"]
    looker = law.desk.hire("supervisor").signed_in()
    assert looker.http.post(f"/staff/cases/{case}/cost", data={"csrf": token}).status_code == 403


def test_a_form_without_the_token_changes_nothing(law: Law, legal: Colleague) -> None:
    case = law.case()
    form = legal.visit(f"/staff/cases/{case}/tell/settled").form("settled")
    sent = {**form.fields, "claim": "nothing_pending", "csrf": "0" * 64}
    assert legal.http.post(form.action, data=sent).status_code == 403
    assert law.facts(case) == []


def test_the_queue_puts_lapses_first_and_can_be_narrowed(law: Law, legal: Colleague) -> None:
    early, late, lapsed = law.case(), law.case(), law.case()
    for case, ends, state in ((early, 40, "running"), (late, 400, "running"), (lapsed, -2, "lapsed")):
        law.filing.clock(case, "freeze", "fct_0", law.desk.house.now.date() + timedelta(days=ends), state)
    shown = legal.visit("/staff/cases")
    order = [each for each, _ in shown.links if each.removeprefix("/staff/cases/") in {early, late, lapsed}]
    assert order == [f"/staff/cases/{each}" for each in (lapsed, early, late)]
    assert "Incident: 1 lapsed and not kept" in shown.text
    assert "40 days left" in shown.text
    found = legal.send(shown, "search", reference=f"CAS-{early[4:14]}")
    assert found.headers["location"] == f"/staff/cases/{early}"
    assert "No case bears this reference." in legal.send_on(shown, "search", reference="CAS-0000000000").text
    none = legal.send_on(shown, "search", state="closed", mine="yes")
    assert "No case fits." in none.text
    assert legal.visit("/staff/cases?order=amount&state=any&page=99").h1 == "Legal cases"
    for odd in ("page=x", "stage=CN", "stage=XX:y", "lender=nobody", "order=none", "readiness=none"):
        assert legal.get(f"/staff/cases?{odd}").status_code == 200, odd


def test_an_alarm_is_marked_as_seen_by_name(law: Law, legal: Colleague) -> None:
    case = law.case()
    law.filing.guarantee(case, ends=None)
    law.desk.hands.set(law.desk.house.now + timedelta(days=60))
    law.decide(case)
    legal = law.desk.hire("lawyer").signed_in()
    shown = legal.visit(f"/staff/cases/{case}")
    assert "days before the last day: told on" in shown.text
    after = legal.send_on(shown, "seen")
    assert "Seen by Robin Example" in after.text
    assert not after.offers("seen")


def test_a_fact_is_told_once_shown_and_taken_back(law: Law, legal: Colleague) -> None:
    case = law.case()
    law.decide(case)
    choice = legal.visit(f"/staff/cases/{case}/tell")
    assert f"/staff/cases/{case}/tell/settled" in {target for target, _ in choice.links}
    form = legal.visit(f"/staff/cases/{case}/tell/filing_accepted")
    wrong = legal.send(form, "filing_accepted", on="2026-03-20", judge="Judge Example", case_no="")
    assert wrong.status_code == 422
    assert "Judge Example" in wrong.text
    future = legal.send(form, "filing_accepted", on="2026-03-20", case_no="(2026) 0101")
    assert "still to come" in future.text
    shown = legal.send_on(form, "filing_accepted", on="2026-03-15", case_no="(2026) 0101", judge="Judge Example")
    assert "(2026) 0101" in shown.text
    assert "Judge Example" in shown.text
    [fact] = law.facts(case)
    assert "0101" not in str(fact.details)
    twice = legal.send(form, "filing_accepted", on="2026-03-15", case_no="(2026) 0101")
    assert twice.status_code == 422
    assert "perhaps you pressed twice" in twice.text
    after = legal.send_on(shown, "take-back")
    assert "Taken back by Robin Example" in after.text
    assert law.facts(case) == []
    assert legal.get(f"/staff/cases/{case}/tell/nonsense").status_code == 404


@pytest.mark.parametrize("kind", FACT_KINDS)
def test_every_fact_has_a_form_that_names_what_it_lacks(law: Law, legal: Colleague, kind: FactKind) -> None:
    case = law.case()
    address = {"reopened": "reopen", "closed_by_staff": "close"}.get(kind, f"tell/{kind}")
    if kind == "reopened":
        assert legal.get(f"/staff/cases/{case}/{address}").status_code == 409
        return
    form = legal.visit(f"/staff/cases/{case}/{address}")
    needs = [each for each in forms()[kind].values if each.required]
    answer = legal.send(form, address.rpartition("/")[2], on="")
    assert answer.status_code == 422
    assert all(f'id="{each.name}-error"' in answer.text for each in needs)


def test_a_review_is_taken_up_closed_with_its_reason_and_opened_again(law: Law, legal: Colleague) -> None:
    case = law.case(kind="review")
    with law.desk.operator() as session:
        row = session.get_one(LegalCase, case)
        row.path, row.path_version = None, None
    page = legal.visit(f"/staff/cases/{case}/take-up")
    assert legal.send(page, "take-up", path="", kind="").status_code == 422
    legal.send_on(page, "take-up", path="CN", kind="mediation")
    assert (law.row(case).path, law.row(case).kind, law.row(case).assignee) == ("CN", "mediation", legal.id)
    close = legal.visit(f"/staff/cases/{case}/close")
    assert legal.send(close, "close", outcome="uneconomic", reason="").status_code == 422
    shown = legal.send_on(close, "close", outcome="uneconomic", reason="It costs more than it brings")
    assert "not worth the cost" in shown.text
    assert "It costs more than it brings" in shown.text
    assert legal.get(f"/staff/cases/{case}/tell/settled").status_code == 409
    legal.send_on(legal.visit(f"/staff/cases/{case}/reopen"), "reopen", reason="The court asks after it")
    assert law.row(case).state == "open"


def test_a_case_is_given_to_a_colleague_who_works_cases(law: Law, legal: Colleague) -> None:
    case, lawyer, caller = law.case(), law.desk.hire("lawyer"), law.desk.hire("caller")
    page = legal.visit(f"/staff/cases/{case}/assign")
    assert legal.send(page, "assign", assignee=caller.id).status_code == 422
    legal.send_on(page, "assign", assignee=lawyer.id)
    assert law.row(case).assignee == lawyer.id
    legal.send_on(page, "assign", assignee="")
    assert law.row(case).assignee is None


def test_a_guarantee_a_cost_and_their_refusals(law: Law, legal: Colleague) -> None:
    case = law.case()
    guarantor, borrower = law.filing.person(case, "guarantor"), law.filing.person(case)
    page = legal.visit(f"/staff/cases/{case}/guarantee")
    told: dict[str, Any] = {
        "kind": "joint",
        "signed_on": "2025-01-10",
        "main_due_on": "2026-01-31",
        "contract_no": "BZ-0001",
    }
    assert legal.send(page, "guarantee", person=borrower, **told).status_code == 422
    both = legal.send(page, "guarantee", person=guarantor, agreed_end="2027-01-01", agreed_months="6", **told)
    assert both.status_code == 422
    assert "BZ-0001" in both.text
    shown = legal.send_on(page, "guarantee", person=guarantor, agreed_months="6", **told)
    assert "period 6 months" in shown.text
    spent = legal.visit(f"/staff/cases/{case}/cost")
    assert legal.send(spent, "cost", kind="court_fee", amount="-1", on="2026-03-10").status_code == 422
    after = legal.send_on(
        spent, "cost", kind="court_fee", amount="1,250.50", on="2026-03-10", claimed="yes", what="Fee"
    )
    assert "CN¥1,250.50" in after.text
    assert "No cost was entered." in legal.send_on(after, "take-back").text


def test_a_service_is_entered_with_its_evidence_or_not_at_all(law: Law, legal: Colleague) -> None:
    case = law.case()
    law.decide(case)
    page = legal.visit(f"/staff/cases/{case}/service?paper=cn.notice.dunning&person={law.filing.person(case)}")
    there = law.filing.person(case)
    asked = legal.get(f"/staff/cases/{case}/service?paper=cn.notice.dunning&person={there}").text
    assert 'value="cn.notice.dunning" selected' in asked
    assert f'value="{there}" selected' in asked
    told = {
        **page.form("service").fields,
        "paper": "cn.notice.dunning",
        "person": there,
        "method": "ems",
        "result": "signed",
        "sent_on": "2026-03-03",
        "number": "EX000000001",
    }
    scan = {"file": ("receipt.pdf", sheet("a receipt"), "application/pdf")}
    wrong = legal.http.post(page.form("service").action, data=told, files=scan)
    assert wrong.status_code == 422
    assert "EX000000001" in wrong.text
    assert "No file was uploaded." in legal.visit(f"/staff/cases/{case}").text
    done = legal.http.post(page.form("service").action, data={**told, "reached_on": "2026-03-05"}, files=scan)
    assert done.status_code == 303
    [piece] = law.services(case)
    assert (piece.result, piece.reached_on, len(piece.files)) == ("signed", date(2026, 3, 5), 1)
    shown = legal.visit(f"/staff/cases/{case}")
    assert "EX000000001" in shown.text
    legal.send_on(shown, "take-back")
    assert law.services(case) == []


def test_exhibits_are_uploaded_together_and_each_bad_one_is_named(law: Law, legal: Colleague) -> None:
    case = law.case()
    page = legal.visit(f"/staff/cases/{case}/files/add?slot=contract")
    form = page.form("add")
    good, bad = ("one.pdf", sheet("one"), "application/pdf"), ("letter.docx", b"PK\x03\x04", "application/msword")
    told = {
        **form.fields,
        "slot": "contract",
        "title": "Loan contract",
        "form": "original",
        "proves": "The loan",
        "day": "2025-01-10",
    }
    refused = legal.http.post(form.action, data=told, files=[("file", good), ("file", bad)])
    assert refused.status_code == 422
    assert "letter.docx is neither a PDF nor a JPEG or PNG picture." in refused.text
    assert "one.pdf is" not in refused.text
    assert "No file was uploaded." in legal.visit(f"/staff/cases/{case}").text
    two = [("file", good), ("file", ("two.pdf", sheet("two"), "application/pdf"))]
    assert legal.http.post(form.action, data=told, files=two).status_code == 303
    shown = legal.visit(f"/staff/cases/{case}")
    assert "Loan contract (1)" in shown.text
    assert "Loan contract (2)" in shown.text
    target = next(each for each, text in shown.links if text == "Loan contract (1)")
    fetched = legal.get(target)
    assert fetched.content == sheet("one")
    assert fetched.headers["content-disposition"].startswith("attachment")
    withdraw = next(form for form in shown.forms if form.action.endswith("/withdraw"))
    legal.http.post(withdraw.action, data=withdraw.fields)
    assert legal.visit(f"/staff/cases/{case}").text.count("Loan contract (") == 1
    assert legal.http.post(form.action, data=told).status_code == 422
    assert legal.http.post(form.action, data={**told, "csrf": "0" * 64}, files=[("file", good)]).status_code == 403


def test_fields_are_told_by_supplier_and_rows_grow_without_a_script(law: Law, legal: Colleague) -> None:
    case = law.case(roles=("borrower",))
    law.decide(case)
    page = legal.visit(f"/staff/cases/{case}/fields?profile=cn.suit")
    assert "Still needed:" in page.text
    form = next(each for each in page.forms if "cause" in each.fields)
    sent = {**form.fields, "cause": "金融借款合同纠纷"}
    assert legal.http.post(form.action, data=sent).status_code == 303
    assert "金融借款合同纠纷" in legal.get(f"/staff/cases/{case}/fields?profile=cn.suit").text
    rows = legal.visit(f"/staff/cases/{case}/fields/requests?profile=cn.suit").form("requests")
    more = legal.http.post(rows.action, data={**rows.fields, "r0-text": "… {sum_total} …", "more": "yes"})
    assert more.status_code == 200
    assert 'name="r5-text"' in more.text
    assert "… {sum_total} …" in more.text
    assert legal.http.post(rows.action, data={**rows.fields, "r0-text": "… {sum_total} …"}).status_code == 303
    assert "… {sum_total} …" in legal.get(f"/staff/cases/{case}/fields/requests?profile=cn.suit").text
    assert legal.get(f"/staff/cases/{case}/fields/no_such_field").status_code == 404


def test_the_calendar_has_every_period_and_hearing_and_nobodys_name(law: Law, legal: Colleague) -> None:
    case, other = law.case(), law.case()
    law.filing.guarantee(case, ends=date(2026, 7, 31))
    law.filing.fact(case, "hearing", date(2026, 3, 12), set_for="2026-05-20", result="set", place="Room 3")
    law.filing.clock(other, "freeze", "fct_1", date(2026, 9, 9))
    legal.send_on(legal.visit(f"/staff/cases/{other}/assign"), "assign", assignee=law.desk.hire("lawyer").id)
    made = legal.send(legal.visit("/staff/cases/calendar"), "make")
    address = made.text.partition('class="secret">')[2].partition("<")[0]
    path = "/feeds/cases/" + address.rpartition("/")[2]
    answer = law.desk.browser().get(path)
    assert answer.headers["content-type"].startswith("text/calendar")
    events: list[Any] = [
        each for each in Calendar.from_ical(answer.content).walk("VEVENT") if case[4:14] in str(each["summary"])
    ]
    days = {str(each["summary"]).partition(": ")[2]: each["dtstart"].dt for each in events}
    assert days == {"Guarantee period, last day": date(2026, 7, 31), "hearing": date(2026, 5, 20)}
    alarms = next(each for each in events if "Guarantee" in str(each["summary"])).walk("VALARM")
    assert [each["trigger"].dt.days for each in alarms] == [-90, -30, -14, -7, -3, -1]
    assert other[4:14] not in answer.text
    assert not any(name in answer.text for name in (*law.filing.country.names, "Room 3"))
    legal.send_on(legal.visit("/staff/cases/calendar"), "end")
    assert law.desk.browser().get(path).status_code == 404
    assert law.desk.browser().get("/feeds/cases/nobodys.ics").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_case_has_words(language: str) -> None:
    known = words_in(language).sentences
    lists = {
        "case_fact": FACT_KINDS,
        "case_clock": get_args(case_words.ClockKind),
        "case_clock_state": get_args(case_words.ClockState),
        "case_kind": get_args(case_words.CaseKind),
        "case_method": get_args(case_words.ServiceMethod),
        "case_result": get_args(case_words.ServiceResult),
        "case_source": get_args(case_words.ServiceSource),
        "case_cost": get_args(case_words.CostKind),
        "case_slot": SLOTS,
        "case_choice": {code for form in forms().values() for value in form.values for code in value.choices},
    }
    wanted = [f"{section}.{code}" for section, codes in lists.items() for code in codes]
    assert [each for each in wanted if each not in known] == []


@pytest.mark.parametrize(
    "path",
    sorted(each for each in (FOLDER / "cases").glob("*.html") if each.name != "parts.html"),
    ids=lambda path: path.name,
)
def test_the_templates_of_cases_hold_no_words_of_their_own(path: object) -> None:
    source = FOLDER.joinpath(str(path)).read_text("utf-8")
    shown = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", source, flags=re.DOTALL)
    assert not re.search(r"[A-Za-z]{2,}", re.sub(r'[a-z-]+="[^"]*"', " ", shown)), shown.split()
    for key in re.findall(r'w\("([a-z_]+\.[a-z_]+)"[,)]', source):
        assert key in words_in("en").sentences, key


def test_what_paths_say_is_said_in_chinese() -> None:
    hints = {stage.hint for path in load_all().values() for stage in path.stages if stage.hint}
    hints |= {hold.reason for path in load_all().values() for hold in path.holds}
    assert sorted(each for each in hints if say(each, "zh-Hans").language) == []
    mixed = say("Something that nobody put into any language.", "zh-Hans")
    assert (mixed.language, mixed.sentence) == ("en", "Something that nobody put into any language.")
    assert say("last day: 3 years later", "zh-Hans").sentence == "最后一日：3年后"
