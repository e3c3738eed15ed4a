"""A phrase is found in any disguise, on its line; what only looks like one is left alone."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forbear.rules.packs import load
from forbear.rules.phrases import carries, find, folded
from forbear.rules.wording import Text, may_not_say, must_carry
from tests.rules.disguises import DISGUISES, INNOCENT

PACKS = load()
DAY = date(2026, 12, 1)
PHRASES = sorted(
    {
        phrase
        for pack in PACKS.by_jurisdiction.values()
        for rule in pack.terms
        for phrases in rule.phrases.values()
        for phrase in phrases
    }
)


@pytest.mark.parametrize("way", DISGUISES)
def test_every_phrase_of_every_pack_is_found_in_every_disguise(way: str) -> None:
    chance = random.Random(way)
    hidden = {phrase: DISGUISES[way](phrase, chance) for phrase in PHRASES}
    missed = [
        (phrase, text) for phrase, text in hidden.items() if find(phrase, folded(f"We say {text}, as it is.")) != 1
    ]
    assert missed == []


@settings(max_examples=300, deadline=None)
@given(
    phrase=st.sampled_from(PHRASES),
    ways=st.lists(st.sampled_from(sorted(DISGUISES)), min_size=2, max_size=2),
    seed=st.integers(0, 10_000),
)
def test_a_phrase_in_letters_of_one_kind_and_a_cut_of_another_is_found(phrase: str, ways: list[str], seed: int) -> None:
    letters, cuts = (
        {"Cyrillic", "full width", "bold", "capitals", "marks"},
        {"zero-width characters", "dotted", "spaced out"},
    )
    chance = random.Random(seed)
    look = ways[0] if ways[0] in letters else "full width"
    cut = ways[1] if ways[1] in cuts else "dotted"
    text = DISGUISES[look](DISGUISES[cut](phrase, chance), chance)
    assert find(phrase, folded(f"x\n{text}\nx")) == 2


@pytest.mark.parametrize("sentence", INNOCENT)
def test_an_ordinary_sentence_holds_none_of_them(sentence: str) -> None:
    shown = folded(sentence)
    assert [phrase for phrase in PHRASES if find(phrase, shown) is not None] == []


@pytest.mark.parametrize(
    ("phrase", "source"),
    [
        ("owe", "power"),
        ("owe", "owed"),
        ("late", "plate 10"),
        ("sue you", "issue your"),
        ("debt", "made by telling"),
        ("past due", "It is past. Due to rain"),
        ("起诉", "从今天起，诉求"),
        ("欠款", "身体欠佳。款式"),
        ("debt", "d{{ e }} b t"),
        ("debt", "{% if debt %}yes{% endif %}"),
        ("debt", "{{ debt }}"),
    ],
)
def test_what_is_no_phrase_is_not_found(phrase: str, source: str) -> None:
    assert find(phrase, folded(source)) is None


@pytest.mark.parametrize(
    ("phrase", "source", "line"),
    [
        ("debt", "a\nb\nthe debt", 3),
        ("debt", "{# one\ntwo #}\n{{ x }} debt", 3),
        ("past due", "one\nit is past\ndue", 2),
        ("debt", "de{{ nothing }}bt", 1),
        ("debt", "{% set x = 'debt' %}", 1),
        ("欠款", "您\n欠　款", 2),
        ("owe", "you Οwе!", 1),
        ("lawyer", "law yer", 1),
        ("后果自负", "后果自負", 1),
        ("后果自负", "\n后 果 自 負", 2),
        ("人民法院", "人民法😀院", 1),
        ("arrest", "arr😀est", 1),
        ("arrest", "arr$est", 1),
        ("逮捕", "逮$捕", 1),
        ("派出所", "派出—所", 1),
    ],
)
def test_a_phrase_is_found_on_the_line_on_which_it_begins(phrase: str, source: str, line: int) -> None:
    assert find(phrase, folded(source)) == line


@pytest.mark.parametrize(
    ("phrase", "source", "said"),
    [
        ("{{ lender }}", "{{lender}}: hello", True),
        ("{{ balance }}", "Your balance: {{ balance | money }}", True),
        ("{{ lender }}", "lender", False),
        ("Reply R", "reply R.", True),
        ("Reply R", "Reply RIGHT now", False),
        ("回复R", "拒收请 回复 R", True),
        ("Reply STOP", "Reply {# STOP #}", False),
        ("to collect a debt and any", "to collect a\ndebt; and any", True),
        ("Reply STOP", "R e p l y S T O P", False),
    ],
)
def test_a_duty_is_done_only_in_plain_sight(phrase: str, source: str, said: bool) -> None:
    assert carries(phrase, source) is said


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        "a b-c.d e ",
        "1",
        "1.",
        "1,",
        "l|",
        "i!+(|",
        "{{",
        "{% ",
        "{#",
        "{{ '",
        "百",
        "{{ a | b }}",
        "debt d e b t ",
        "$@😀",
        "d$e@b😀t",
    ],
)
def test_a_long_text_takes_no_longer_than_its_length(piece: str) -> None:
    whole = (piece * 20_000)[:20_000]
    text = Text(name="t", language="en", channel="sms", source=whole)
    assert all(fault.rule for fault in (*may_not_say(text, PACKS, DAY), *must_carry(text, PACKS, DAY)))
