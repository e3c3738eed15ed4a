"""Papers at the edges: what is missing, too long, too much, too little, or in a script that no font has.

Each is a clear refusal or a right paper, and never a wrong one.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest

from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind, kinds
from forbear.documents.samples import sample
from forbear.documents.wording import given_for
from forbear.ports.papers import Figure, Paper, Rendered, Unprintable
from tests.documents.letters import american, chinese, to

Change = Callable[[Paper], Paper]


def words(rendered: Rendered) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(rendered.pdf))
    return " ".join("".join(page.get_textpage().get_text_bounded() for page in document).split())


def fields(paper: Paper, **given: Any) -> Paper:
    return replace(paper, fields={**paper.fields, **given})


def refusal(presses: Presses, paper: Paper) -> Unprintable:
    with pytest.raises(Unprintable) as refused:
        presses.render(paper)
    assert paper.to.name not in str(refused.value)
    return refused.value


def test_without_any_field_every_kind_that_must_be_told_something_is_refused_by_name(presses: Presses) -> None:
    asked = 0
    for kind in kinds().values():
        bare = replace(sample(kind), fields={})
        by_itself = given_for(kind, bare)
        needed = [field for field in kind.fields.values() if field.required and field.name not in by_itself]
        if not needed or not kind.parties:
            continue
        refused = refusal(presses, bare)
        assert refused.code == "fields.given", kind.id
        for field in needed:
            assert f"{field.name}: '{field.called()}' is missing. Give " in refused.sentence
        asked += 1
    assert asked > 10


def owing(*amounts: str) -> Change:
    rows = zip(("principal", "fee"), amounts, strict=False)
    figures = tuple(Figure(component, Decimal(amount)) for component, amount in rows)
    return lambda it: replace(it, figures=figures)


def called(name: str) -> Change:
    return lambda it: to(it, name=name)


WRONG: dict[str, tuple[Change, str]] = {
    "no_figures": (owing(), "sums.equal"),
    "zero": (owing("0"), "sums.equal"),
    "negative": (owing("-12.00"), "sums.equal"),
    "negative_in_all": (owing("50.00", "-60.00"), "sums.equal"),
    "thai": (called("\u0e01\u0e02\u0e03"), "glyphs.covered"),
    "arabic": (called("محمد مثال"), "glyphs.covered"),
    "hebrew": (called("דוגמה"), "glyphs.covered"),
    "turned_around": (called("Jordan \u202eelpmaxE"), "address.shape"),
    "emoji": (called("Jordan \U0001f600"), "glyphs.covered"),
    "over_long": (called("N" * 90), "window.address"),
    "before_its_time": (lambda it: replace(it, day=date(2019, 1, 1)), "kind.validity"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("letter", [american(), chinese()], ids=["us", "cn"])
def test_a_letter_that_would_be_wrong_is_refused_by_its_check(presses: Presses, letter: Paper, wrong: str) -> None:
    change, code = WRONG[wrong]
    assert refusal(presses, change(letter)).code == code


def test_a_paper_that_nothing_is_owed_says_so_only_where_it_is_true(presses: Presses) -> None:
    kind = find_kind("paid-in-full")
    for language in kind.languages:
        paper = sample(kind, language)
        assert paper.total == 0
        assert presses.render(paper).pages >= 1
    owed = replace(sample(kind), figures=(Figure("fee", Decimal("0.01")),))
    refused = refusal(presses, owed)
    assert refused.code == "sums.equal"
    assert "something is still owed" in refused.sentence


def plan(count: int) -> list[dict[str, str]]:
    first, part = date(2027, 1, 15), Decimal("33.03")
    return [
        {
            "day": (first + timedelta(days=30 * number)).isoformat(),
            "amount": str(part),
            "cumulative": str(part * (number + 1)),
            "remaining": str(part * (count - number - 1)),
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_forty_payments_all_stand_on_the_paper(presses: Presses, language: str) -> None:
    kind = find_kind("plan-schedule")
    paper = fields(sample(kind, language), payments=plan(40), planned=str(Decimal("33.03") * 40))
    rendered = presses.render(paper)
    assert rendered.pages > 1
    said = words(rendered)
    assert said.count("33.03") >= 40
    assert "1,321.20" in said
    for number in range(2, 41):
        assert f"{Decimal('33.03') * number:,.2f}" in said, number


def test_more_payments_than_a_paper_holds_are_refused_with_their_number(presses: Presses) -> None:
    paper = fields(sample(find_kind("plan-schedule"), "en"), payments=plan(61))
    refused = refusal(presses, paper)
    assert refused.code == "fields.given"
    assert "has 61 rows; at most 60 stand on this paper" in refused.sentence


ASKEW = {
    "payments.3.cumulative: is not the sum of the payments until then": (3, "amount", "33.04"),
    "payments.5.cumulative: is not": (5, "cumulative", "1.00"),
    "payments.5.remaining: is not the sum of the payments after that": (5, "remaining", "1.00"),
    "planned: is not the sum of the payments": (None, "", "1.00"),
}


@pytest.mark.parametrize("told", ASKEW)
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_plan_that_does_not_add_up_is_refused(presses: Presses, language: str, told: str) -> None:
    row, column, amount = ASKEW[told]
    payments = plan(12)
    if row is not None:
        payments[row][column] = amount
    planned = str(Decimal("33.03") * 12) if row is not None else amount
    paper = sample(find_kind("plan-schedule"), language)
    refused = refusal(presses, fields(paper, payments=payments, planned=planned))
    assert refused.code == "fields.given"
    assert told in refused.sentence


def test_twelve_guarantors_stand_on_an_agreement_and_a_thirteenth_is_refused(presses: Presses) -> None:
    kind = find_kind("cn.agreement.repayment")
    paper = sample(kind)
    names = [f"示例担保人{sign}" for sign in "甲乙丙丁戊己庚辛壬癸子丑寅"]
    row = paper.fields["guarantors"][0] if paper.fields.get("guarantors") else {}
    twelve = [{**row, "name": name} for name in names[:12]]
    said = words(presses.render(fields(paper, guarantors=twelve)))
    assert [name for name in names[:12] if name not in said.replace(" ", "")] == []
    thirteen = refusal(presses, fields(paper, guarantors=[*twelve, {**row, "name": names[12]}]))
    assert "has 13 rows; at most 12" in thirteen.sentence


def test_a_field_too_long_or_in_an_unknown_script_is_refused(presses: Presses) -> None:
    paper = sample(find_kind("plan-schedule"), "en")
    long = refusal(presses, fields(paper, payee_name="N" * 61))
    assert long.code == "fields.given"
    assert "payee_name" in long.sentence
    assert "NNN" not in long.sentence
    assert refusal(presses, fields(paper, payee_name="ตัวอย่าง")).code == "glyphs.covered"


def test_a_draft_says_so_on_every_page_and_cannot_leave(presses: Presses) -> None:
    drafts = [kind for kind in kinds().values() if kind.parties and kind.empty_slots(kind.languages[0])]
    assert drafts
    for kind in drafts[:3]:
        paper = sample(kind)
        rendered = presses.render(paper)
        assert rendered.draft, kind.id
        document = pypdfium2.PdfDocument(io.BytesIO(rendered.pdf))
        marks = {"草稿", "DRAFT"}
        assert all(any(mark in page.get_textpage().get_text_bounded() for mark in marks) for page in document)
        leaves = replace(paper, leaves=True, approvals=(f"{kind.approval}:{rendered.sha256}",))
        assert refusal(presses, leaves).code == "draft.leaves"


def test_a_paper_leaves_once_its_words_or_itself_were_approved_in_the_role_it_asks_for(presses: Presses) -> None:
    kind = next(
        each
        for each in kinds().values()
        if each.approval in {"operator", "supervisor"} and not each.empty_slots(each.languages[0])
    )
    paper = replace(sample(kind), leaves=True)
    assert refusal(presses, paper).code == "approval.missing"
    sha256 = presses.render(replace(paper, leaves=False)).sha256
    other = "supervisor" if kind.approval == "operator" else "operator"
    for mark in (f"{other}:{sha256}", f"{kind.approval}:{'0' * 64}", f"{kind.approval}:{kind.digest}:fr"):
        assert refusal(presses, replace(paper, approvals=(mark,))).code == "approval.missing"
    for mark in (f"{kind.approval}:{sha256}", f"{kind.approval}:{kind.digest}:{kind.languages[0]}"):
        assert presses.render(replace(paper, approvals=(mark,))).sha256 == sha256


def test_a_lawyers_letter_leaves_by_the_approval_of_its_own_file_alone(presses: Presses) -> None:
    kind = find_kind("cn.letter.lawyer")
    paper = replace(sample(kind), leaves=True)
    by_kind = replace(paper, approvals=(f"lawyer:{kind.digest}:{kind.languages[0]}",))
    assert refusal(presses, by_kind).code == "approval.missing"
    sha256 = presses.render(replace(paper, leaves=False)).sha256
    assert presses.render(replace(paper, approvals=(f"lawyer:{sha256}",))).sha256 == sha256


def test_a_lawyers_letter_is_the_same_file_looked_at_or_let_go(presses: Presses) -> None:
    """Its touch's own reference and link would make it another one that nobody approved."""
    asked = replace(sample(find_kind("cn.letter.lawyer")), touch="acc_0123456789AAAA", account="acc_0123456789AAAA")
    looked_at = presses.render(replace(asked, link="")).sha256
    touch = replace(asked, touch="tch_9999999999BBBB", link="https://pay.example.org/p/Zz3dEfGh1JkLmN0p", leaves=True)
    assert presses.render(replace(touch, approvals=(f"lawyer:{looked_at}",))).sha256 == looked_at
    later = replace(touch, day=touch.day.replace(day=touch.day.day + 1), approvals=(f"lawyer:{looked_at}",))
    assert refusal(presses, later).code == "approval.missing"


def test_letters_of_no_approval_leave_as_they_are(presses: Presses) -> None:
    assert presses.render(american(leaves=True)).pages == 1


def test_what_is_known_fills_a_field_and_what_is_given_goes_before_it(presses: Presses) -> None:
    paper = sample(find_kind("plan-schedule"), "en")
    bare = {name: value for name, value in paper.fields.items() if name != "payee_name"}
    known = {"payee_name": "Known Example", "nobody_asks_for_this": "Secret"}
    said = words(presses.render(replace(paper, fields=bare, known=known)))
    assert "Known Example" in said
    assert "Secret" not in said
    assert "Given Example" in words(presses.render(replace(fields(paper, payee_name="Given Example"), known=known)))
