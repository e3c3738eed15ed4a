"""The plain Chinese papers of packets: what each must be told, what nobody fills in for its signer, and what is refused."""

import io
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

import pikepdf
import pytest

from forbear.documents import fonts
from forbear.documents.checking import folded
from forbear.documents.filters import locale_of, write_day
from forbear.documents.jobs import JOB, LetterJob
from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind
from forbear.documents.wording import word_letter
from forbear.money.words_cn import from_words
from tests.documents.test_determinism import ELSEWHERE, MAKE, ROOT
from tests.packets.chinese_papers import PETITIONS, html, pages, paper, refused, rows, texts

KINDS: Final = (
    "cn.mediation.application",
    "cn.mediation.file",
    "cn.mediation.agreement",
    "cn.court.judicial_confirmation",
    "cn.court.payment_order",
    "cn.court.evidence_list",
    "cn.court.interest_schedule",
    "cn.court.preservation",
    "cn.court.service_address",
    "cn.court.checklist",
    "cn.auth.poa",
    "cn.auth.legal_rep",
    "cn.auth.firm_letter",
    "cn.packet.index",
)
WITH_SUMS: Final = (
    "cn.mediation.application",
    "cn.mediation.agreement",
    "cn.court.judicial_confirmation",
    "cn.court.payment_order",
    "cn.court.interest_schedule",
    "cn.court.preservation",
)
TICKED: Final = frozenset({"cn.auth.poa", "cn.court.service_address", "cn.court.checklist"})
IN_WORDS: Final = re.compile(r"(人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+)（(?:<span[^>]*>)?¥([\d,]+\.\d\d)")
TICK, YES = '<img class="tick"', 'alt="已勾选的方框"'
DOTS_PER_MM: Final = 4
FREE_FOOT: Final = 15
"""Millimetres below which nothing stands: there the packet prints its number."""


@pytest.mark.parametrize("kind", KINDS)
def test_its_sample_is_a_finished_paper_for_a_court_that_nobody_has_accepted_yet(kind: str, press: Presses) -> None:
    found = find_kind(kind)
    rendered = press.render(paper(kind))
    assert not rendered.draft
    assert (found.court, found.reviewer, found.link, found.sheet) == (True, "", "never", "court-a4")
    assert all(each.endswith(("[M]", ", in excerpt")) for each in found.legal_basis)
    for page in pages(rendered.pdf):
        picture = page.render(scale=DOTS_PER_MM * 25.4 / 72).to_pil()
        assert picture.convert("HSV").getchannel("S").getextrema()[1] == 0
        foot = picture.convert("L").crop((0, picture.height - FREE_FOOT * DOTS_PER_MM, picture.width, picture.height))
        assert foot.getextrema() == (255, 255)


def test_the_same_fields_give_the_same_file_in_a_strange_process_too(press: Presses, tmp_path: Path) -> None:
    config = str(fonts.configure(tmp_path))
    environment = {**os.environ, **ELSEWHERE, "FONTCONFIG_FILE": config, "PYTHONPATH": str(ROOT)}
    jobs = b"\n".join(JOB.dump_json(LetterJob(paper(kind))) for kind in KINDS)
    made = subprocess.run(
        [sys.executable, "-c", MAKE], input=jobs, env=environment, capture_output=True, check=True, cwd=tmp_path
    )
    assert made.stdout.decode().split() == [press.render(paper(kind)).sha256 for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_it_needs_is_named_when_it_is_missing(kind: str) -> None:
    needed = [each for each in find_kind(kind).fields.values() if each.required]
    assert needed
    for each in needed:
        told = refused(kind, **{each.name: None})
        assert told.startswith("fields.given")
        assert f"{each.name}: '{each.called()}' is missing" in told


@pytest.mark.parametrize("kind", WITH_SUMS)
def test_sums_in_words_are_the_figures_beside_them(kind: str) -> None:
    found = IN_WORDS.findall(html(kind))
    assert found
    for words, figures in found:
        assert from_words(words) == Decimal(figures.replace(",", ""))


@pytest.mark.parametrize(
    "kind",
    ["cn.mediation.application", "cn.court.payment_order", "cn.court.interest_schedule", "cn.court.preservation"],
)
def test_sums_that_do_not_lead_to_their_total_are_refused(kind: str) -> None:
    assert "these_sums_do_not_add_up" in refused(kind, sum_fee="0.01")


@pytest.mark.parametrize("kind", ["cn.mediation.application", "cn.court.payment_order", "cn.court.preservation"])
def test_what_is_claimed_is_what_the_record_holds_on_that_day(kind: str) -> None:
    parts = dict.fromkeys(("sum_interest", "sum_penalty_interest", "sum_compound_interest"))
    told = refused(
        kind, **parts, sum_total="48600.00", preserve_amount="1.00" if kind.endswith("preservation") else None
    )
    assert "what_is_claimed_must_be_what_the_record_holds" in told


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_signed_dated_or_ticked_for_anybody(kind: str) -> None:
    told = paper(kind)
    page = word_letter(told).html
    assert write_day(told.day, locale_of("zh-Hans", "CN")) not in page
    assert (TICK in page) == (kind in TICKED)


@pytest.mark.parametrize("kind", PETITIONS)
def test_both_sides_must_be_named_and_a_person_may_ask_as_well_as_a_bank(kind: str) -> None:
    assert "claimant_persons_or_claimant_organisations_must_be_given" in refused(kind, claimant_organisations=None)
    assert "respondent_persons_or_respondent_organisations_must_be_given" in refused(kind, respondent_persons=None)
    person = {"name": "范例君", "sex": "male", "birth_date": "1970-01-01", "domicile": "示例市样例路2号"}
    page = html(kind, claimant_organisations=None, claimant_persons=[person])
    assert "范例君" in page


def test_a_mediation_application_needs_a_respondent_who_can_be_told_apart() -> None:
    person = rows("cn.mediation.application", "respondent_persons")[0]
    bare = {name: value for name, value in person.items() if name not in ("sex", "birth_date")}
    told = refused("cn.mediation.application", respondent_persons=[bare])
    assert "respondent_persons.0.sex" in told
    assert "respondent_persons.0.birth_date" in told


def test_an_application_says_that_it_is_voluntary_and_what_is_asked_one_by_one() -> None:
    page = html("cn.mediation.application")
    assert "自愿申请人民调解" in page
    asked = [each["text"] for each in rows("cn.mediation.application", "requests")]
    assert [page.index(f"<p>{number}. {words}") for number, words in enumerate(asked, 1)]


def test_what_a_mediation_file_lacks_is_told_with_who_supplies_it() -> None:
    page = html("cn.mediation.file", parts=[{"part": "application", "held": "enclosed", "pages": 4}])
    found = re.findall(r"<tr><td class=\"middle\">(\d+)</td>(.*?)</tr>", page)
    assert [number for number, _ in found] == [str(number) for number in range(1, 14)]
    assert "已收入" in found[0][1]
    for number in (1, 2, 6, 7):
        assert "待补" in found[number][1]
        assert re.search("调解组织|各方当事人", found[number][1])
    assert "按需" in found[3][1]
    assert "未收入" in found[3][1]


def test_a_part_that_must_be_there_is_never_called_needless_and_what_is_there_has_pages() -> None:
    needless = [{"part": "record", "held": "not_needed"}]
    assert "a_part_that_must_be_there" in refused("cn.mediation.file", parts=needless)
    bare = [{"part": "evidence", "held": "enclosed"}]
    assert "pages_of_what_is_enclosed_must_be_given" in refused("cn.mediation.file", parts=bare)


def test_payments_of_an_agreement_add_up_and_it_has_a_term() -> None:
    kind = "cn.mediation.agreement"
    assert "planned" in refused(kind, planned="49991.32")
    assert "planned" in refused(kind, planned=None)
    changed = rows(kind, "payments")
    changed[1]["cumulative"] = "20000.01"
    assert "payments.1.cumulative" in refused(kind, payments=changed)
    assert "a_term_of_performance_must_be_given" in refused(kind, payments=None, planned=None)
    assert "一次付清" in html(kind, payments=None, planned=None, performed_until="2027年3月20日以前一次付清。")


def test_a_confirmation_prints_the_agreement_word_for_word_and_is_not_asked_for_too_late() -> None:
    kind = "cn.court.judicial_confirmation"
    page = html(kind)
    assert all(f". {each['text']}</p>" in page for each in rows(kind, "terms"))
    for each in rows(kind, "service_addresses"):
        assert each["address"] in page
        assert each["phone"] in page
    assert "apply_by: is before the day of the paper" in refused(kind, apply_by="2026-11-22")
    assert "these_days_do_not_follow_each_other" in refused(kind, effective_on="2026-11-17")


@pytest.mark.parametrize("statement", ["no_other_dispute", "due_and_certain", "debtor_in_country", "can_be_served"])
def test_an_untrue_statement_refuses_a_payment_order(statement: str) -> None:
    assert f"{statement}_must_be_yes" in refused("cn.court.payment_order", **{statement: "no"})
    assert f"{statement}: " in refused("cn.court.payment_order", **{statement: None})
    assert find_kind("cn.court.payment_order").fields[statement].supplier == "legal"


def test_what_was_preserved_before_suit_is_claimed_by_no_payment_order() -> None:
    assert "preserved_before_must_be_no" in refused("cn.court.payment_order", preserved_before="yes")


def test_preservation_asks_for_no_more_than_the_claim_and_says_why_now_and_on_which_security() -> None:
    kind = "cn.court.preservation"
    assert "what_is_asked_must_be_no_more_than_the_claim" in refused(kind, preserve_amount="49991.34")
    assert "urgency: " in refused(kind, urgency=None)
    assert "security_form: " in refused(kind, security_form=None)
    assert "no_security: " in refused(kind, security="none")
    page = html(
        kind, timing="in_suit", urgency=None, security="none", no_security="保全的金额较小。", case_no="示例1号"
    )
    assert "第一百零三条" in page
    assert "情况紧急" not in page
    assert "第一百零四条" in html(kind)


POWERS: Final = ("admit", "waive", "change", "settle", "counterclaim", "appeal")


def test_each_special_power_is_answered_by_the_principal_and_none_is_taken_as_given() -> None:
    kind = "cn.auth.poa"
    for power in POWERS:
        field = find_kind(kind).fields[f"power_{power}"]
        assert (field.type, field.required, field.supplier) == ("yes_no", True, "claimant")
        only: dict[str, Any] = {f"power_{each}": each == power for each in POWERS}
        page = html(kind, **only)
        assert page.count(TICK) == len(POWERS)
        assert page.count(YES) == 1


def test_special_powers_and_special_authority_go_together() -> None:
    kind = "cn.auth.poa"
    none: dict[str, Any] = dict.fromkeys((f"power_{each}" for each in POWERS), False)
    assert "a_special_authority_must_list_its_powers" in refused(kind, **none)
    general = [row | {"authority": "general"} for row in rows(kind, "agents")]
    assert "special_powers_must_be_of_an_agent_with_special_authority" in refused(kind, agents=general)
    assert html(kind, agents=general, **none).count(YES) == 0


@pytest.mark.parametrize("name", ["e_service_papers", "e_service_judgments"])
def test_electronic_service_is_accepted_by_the_claimant_alone(name: str) -> None:
    kind = "cn.court.service_address"
    field = find_kind(kind).fields[name]
    assert (field.required, field.supplier) == (True, "claimant")
    answers = {"e_service_papers": True, "e_service_judgments": True}
    accepted = re.findall(r'alt="(\S+)"[^>]*>(同意|不同意)', html(kind, **answers))
    declined = re.findall(r'alt="(\S+)"[^>]*>(同意|不同意)', html(kind, **(answers | {name: False})))
    assert accepted != declined
    for found in (accepted, declined):
        assert sum(alt.startswith("已勾选") for alt, _ in found) == 2
    assert "印有自己的送达地址确认书" in html(kind)


def test_a_checklist_ticks_what_it_is_told_and_nothing_else() -> None:
    row = {"number": "1", "title": "样例", "copies": 1, "pages": 2}
    page = html(
        "cn.court.checklist", materials=[row, row | {"original": True}, row | {"copy": True, "original": False}]
    )
    assert (page.count(TICK), page.count(YES)) == (6, 2)


def test_a_schedule_stands_by_kind_and_refuses_what_does_not_add_up() -> None:
    kind = "cn.court.interest_schedule"
    page = html(kind)
    assert [words for words in ("期内利息", "罚息", "复利") if f"）{words}</p>" in page] == ["期内利息", "罚息", "复利"]
    assert page.count("小计") == 3
    assert "¥358.23" in page
    assert "what_the_cap_leaves_does_not_add_up" in refused(kind, given_up="8.49")
    assert "cap_reason: " in refused(kind, cap_reason=None)
    wrong = [row | {"principal": "1619.99"} for row in rows(kind, "allocations")]
    assert "an_allocation_does_not_add_up" in refused(kind, allocations=wrong)
    assert "day_basis_must_be_given" in refused(kind, day_basis=None)
    daily = [row | {"rate": "0.05%/日"} for row in rows(kind, "segments")]
    assert "换算成日利率" not in html(kind, day_basis=None, segments=daily)
    empty = [row | {"end": row["start"]} for row in rows(kind, "segments")]
    assert "a_stretch_must_be_a_day_or_more" in refused(kind, segments=empty)
    assert html(kind, capped=False, cap_reason=None, cap_allows=None, claimed=None, given_up=None)


def test_every_organisation_has_its_own_page_for_its_head(press: Presses) -> None:
    [one] = rows("cn.auth.legal_rep", "claimant_organisations")
    made = press.render(paper("cn.auth.legal_rep", claimant_organisations=[one, one | {"head_name": "样君"}]))
    first, second = texts(made.pdf)
    assert folded("范例君在我单位担任") in first
    assert folded("样君在我单位担任") in second
    assert "head_name" in refused("cn.auth.legal_rep", claimant_organisations=[one | {"head_name": ""}])


def test_a_firm_sends_its_own_lawyers_with_their_licences() -> None:
    kind = "cn.auth.firm_letter"
    lawyers = rows(kind, "agents")
    assert find_kind(kind).approval == "lawyer"
    assert "all_lawyers_must_be_of_one_firm" in refused(kind, agents=[lawyers[0], lawyers[1] | {"firm": "另一所"}])
    assert "agents.0.licence_no" in refused(kind, agents=[lawyers[0] | {"licence_no": ""}])
    assert "claimant_persons_or_claimant_organisations_must_be_given" in refused(kind, claimant_organisations=None)


def test_each_entry_of_the_index_is_one_row_that_can_be_found_in_the_file(press: Presses) -> None:
    kind = "cn.packet.index"
    entries = rows(kind, "entries")
    found = re.findall(r'<tr id="entry-(\d+)">(.*?)</tr>', html(kind))
    assert [int(number) for number, _ in found] == list(range(1, len(entries) + 1))
    for (_, row), entry in zip(found, entries, strict=True):
        assert entry["title"] in row
        assert str(entry["first_page"]) in row
    with pikepdf.open(io.BytesIO(press.render(paper(kind)).pdf)) as pdf:
        names = {str(each) for each in list(cast("Any", pdf.Root).Names.Dests.Names)[::2]}
    assert names >= {f"entry-{number}" for number in range(1, len(entries) + 1)}


def test_pages_of_an_index_add_up_and_may_be_left_out() -> None:
    kind = "cn.packet.index"
    entries = rows(kind, "entries")
    assert "pages_of_an_entry_do_not_add_up" in refused(kind, entries=[entries[0] | {"pages": 7}])
    assert "pages_of_an_entry_do_not_add_up" in refused(kind, entries=[entries[0] | {"last_page": 1, "pages": None}])
    bare = [{name: value for name, value in row.items() if name != "pages"} for row in entries]
    assert "合计" not in html(kind, entries=bare)
