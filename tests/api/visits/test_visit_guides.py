"""The guide before the check-in: whole in every language, no law that no pack has, and only what binds this visit."""

from datetime import date

import pytest
from sqlalchemy import select

from forbear.api.staff.visit_guides import GUIDES, KINDS, PARTS, guide, words_of
from forbear.api.staff.wording import words_in
from forbear.ledger.staffing import LANGUAGES
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import Visit
from forbear.rules.packs import load
from tests.api.visits.conftest import Round, make_round

PACKS, DAY = load(), date(2026, 3, 2)


def ids(*places: str, role: str = "original_creditor", kind: str = "bank") -> set[str]:
    found = guide(PACKS, DAY, language="en", jurisdictions=places, role=role, lender_kind=kind)
    return {rule for _, rule in found.rules}


def test_every_language_says_the_same() -> None:
    assert {path.stem for path in GUIDES.glob("*.toml")} == set(LANGUAGES)
    shape = [{part: list(words) for part, words in words_of(language).items()} for language in LANGUAGES]
    assert all(each == shape[0] for each in shape)
    assert set(shape[0]) == {*PARTS, "rules"}


def test_every_rule_named_is_in_a_pack_and_of_a_kind_that_is_looked_for() -> None:
    known = {terms.rule: terms for pack in PACKS.by_jurisdiction.values() for terms in pack.terms}
    for rule in words_of("en")["rules"]:
        assert known[rule].kind in KINDS, rule
        assert "visit" in known[rule].scope.channels or not known[rule].scope.channels, rule


def test_a_rule_is_shown_only_where_it_binds() -> None:
    assert ids("US", "US-IL") == set()
    assert "US.REGF.CALLERID" in ids("US", "US-IL", role="third_party_collector")
    assert ids() == set(), "of nowhere nothing is known"
    assert all(rule.startswith("GB.") for rule in ids("GB", "GB-EAW"))
    assert "GB.VISIT.CONDUCT.ENTRY" in ids("GB", "GB-EAW")
    assert {"CN.VISIT.CBA.22.ID", "CN.VISIT.CBA.22.ENTRY"} <= ids("CN")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_stands_on_the_page_before_the_check_in_and_not_later(visits: Round, language: str) -> None:
    team = make_round(visits.desk, language)
    visit, _, account = team.crew.assigned()
    with team.desk.operator() as session:
        session.get_one(Account, account).playbook = "cn-guaranteed-loan"
        task = session.scalars(select(Task).join(Visit, Visit.task == Task.id).where(Visit.id == visit)).one()
        task.step = "first-visit"
    shown = team.one.get(f"/staff/visits/{visit}").text
    sentences = [sentence for part in PARTS for sentence in words_of(language)[part].values()]
    assert all(sentence in shown for sentence in sentences)
    assert shown.index(sentences[0]) < shown.index("/check-in")
    asked = words_in(language)("ticks.credit_harm")
    assert asked in shown
    others = make_round(visits.desk, language)
    under_way, _, _ = others.crew.under_way()
    assert sentences[0] not in others.one.get(f"/staff/visits/{under_way}").text
