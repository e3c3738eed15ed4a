"""The menu of a call, walked through as a table, and then every way there is through it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from forbear.channels.voice import menu, words
from forbear.ports.talks import Ask, Connect, Effect, HangUp, Heard, Listen, Standing, TalkFacts, Turn
from forbear.rules.packs import load as load_packs
from forbear.rules.wording import Text, may_not_say

FACTS = TalkFacts(
    language="en",
    lender="Example Bank",
    phone="+12125550199",
    name="Avery Example",
    contact="Example Clerk",
    check="birth_date",
    answers=frozenset({"19850327", "03271985"}),
    owed=Decimal("123.45"),
    currency="USD",
    due_since=date(2026, 2, 20),
    today=date(2026, 3, 2),
    link_by_text=True,
)
RIGHT, WRONG = "03271985", "01011990"
SILENCE = ""


@dataclass(frozen=True)
class Walked:
    turns: tuple[Turn, ...]

    @property
    def effects(self) -> list[Effect]:
        return [effect for turn in self.turns for effect in turn.effects]

    @property
    def did(self) -> list[str]:
        return [effect.kind for effect in self.effects]

    @property
    def last(self) -> Turn:
        return self.turns[-1]


def walk(*keys: str, facts: TalkFacts = FACTS) -> Walked:
    """Begin, and go on with what is pressed until it is used up or the menu has ended."""
    turns = [menu.begin(facts)]
    for number, digits in enumerate(keys, start=1):
        turns.append(menu.next_step(facts, turns[-1].standing, Heard(digits), number))
    return Walked(tuple(turns))


def keys_of(turn: Turn) -> list[str]:
    return [said.key for said in turn.part.says]


@pytest.mark.parametrize(
    ("keys", "did", "said"),
    [
        (["9"], ["stop"], ["before.stopped"]),
        (["2"], ["not_me"], ["before.not_me"]),
        (["3"], ["wrong_party"], ["before.wrong_number"]),
        (["7"], [], ["before.again", "before.greeting"]),
        ([SILENCE], [], ["before.again", "before.greeting"]),
        (["*"], [], ["before.greeting"]),
        ([SILENCE] * 3, [], ["before.goodbye"]),
        (["7", "8", SILENCE], [], ["before.goodbye"]),
        (["1"], [], ["before.check_birth_date_month_first"]),
        (["1", "9"], ["stop"], ["before.stopped"]),
        (["1", WRONG], ["not_verified"], ["before.check_again", "before.check_birth_date_month_first"]),
        (["1", WRONG, WRONG], ["not_verified", "not_verified"], ["before.cannot_check"]),
        (["1", SILENCE, SILENCE, SILENCE], [], ["before.goodbye"]),
        (["1", RIGHT], ["verified"], ["after.owed", "after.key_link", "after.keys"]),
        (["1", WRONG, RIGHT], ["not_verified", "verified"], ["after.owed", "after.key_link", "after.keys"]),
        (["1", RIGHT, "*"], ["verified"], ["after.owed", "after.key_link", "after.keys"]),
        (["1", RIGHT, "1"], ["verified", "link_asked"], ["after.link_coming"]),
        (["1", RIGHT, "4"], ["verified", "hardship"], ["after.hardship_noted"]),
        (["1", RIGHT, "9"], ["verified", "stop"], ["before.stopped"]),
        (["1", RIGHT, "2"], ["verified"], ["after.promise_day"]),
        (["1", RIGHT, "2", "9"], ["verified", "stop"], ["before.stopped"]),
        (["1", RIGHT, "2", "0315"], ["verified"], ["after.promise_back"]),
        (["1", RIGHT, "2", "0231"], ["verified"], ["before.again", "after.promise_day"]),
        (["1", RIGHT, "2", "0301"], ["verified"], ["before.again", "after.promise_day"]),
        (["1", RIGHT, "2", "0403"], ["verified"], ["before.again", "after.promise_day"]),
        (["1", RIGHT, "2", "0315", "2"], ["verified"], ["after.promise_day"]),
        (["1", RIGHT, "2", "0315", "1"], ["verified", "promise"], ["after.promise_noted"]),
        (["1", RIGHT, "2", "0315", "9"], ["verified", "stop"], ["before.stopped"]),
        (["1", RIGHT, "2", "0315", "7", "7", "7"], ["verified"], ["before.goodbye"]),
        (["1", RIGHT, "7", "7", "7"], ["verified"], ["before.goodbye"]),
    ],
)
def test_a_walk(keys: list[str], did: list[str], said: list[str]) -> None:
    walked = walk(*keys)
    assert walked.did == did
    assert keys_of(walked.last) == said
    assert isinstance(walked.last.part, HangUp) == (walked.last.standing.stage == "ended")


def test_the_promised_day_is_the_one_that_was_read_back() -> None:
    walked = walk("1", RIGHT, "2", "0315", "1")
    assert walked.effects[-1] == Effect("promise", day=date(2026, 3, 15))
    assert walked.turns[-2].part == Ask(walked.turns[-2].part.says, 1)
    assert "March fifteenth, twenty twenty-six" in words.speak(walked.turns[-2].part.says, FACTS)


def test_a_dispute_holds_before_a_word_is_recorded_and_the_recording_follows() -> None:
    walked = walk("1", RIGHT, "3")
    assert walked.did == ["verified", "dispute"]
    assert isinstance(walked.last.part, Listen)
    spoken = menu.next_step(FACTS, walked.last.standing, Heard("#", recording="RE1"), 4)
    assert spoken.effects == (Effect("dispute_words", recording="RE1"),)
    nothing = menu.next_step(FACTS, walked.last.standing, Heard(), 4)
    assert (nothing.effects, keys_of(nothing)) == ((), ["after.dispute_noted"])


@pytest.mark.parametrize(("ended", "said"), [("completed", []), ("no-answer", ["after.nobody_free"])])
def test_a_human_is_rung_at_the_lenders_number(ended: str, said: list[str]) -> None:
    walked = walk("1", RIGHT, "0")
    assert isinstance(walked.last.part, Connect)
    assert walked.last.part.phone == FACTS.phone
    after = menu.next_step(FACTS, walked.last.standing, Heard(connected=ended), 4)
    assert (after.standing.stage, keys_of(after)) == ("ended", said)


def test_where_no_link_can_be_texted_a_number_is_told() -> None:
    walked = walk("1", RIGHT, "1", facts=replace(FACTS, link_by_text=False))
    assert walked.did == ["verified"]
    assert keys_of(walked.last) == ["after.pay_by_phone"]


def test_without_anything_to_check_nobody_is_let_in() -> None:
    walked = walk("1", facts=replace(FACTS, check="none", answers=frozenset()))
    assert (walked.did, keys_of(walked.last)) == ([], ["before.cannot_check"])


def test_an_empty_answer_never_passes_the_check() -> None:
    blank = replace(FACTS, answers=frozenset())
    assert "verified" not in walk("1", SILENCE, RIGHT, facts=blank).did


def test_the_star_key_stands_for_the_letter_that_ends_a_number_of_identity() -> None:
    held = replace(FACTS, check="last_four", answers=frozenset({"123*"}))
    assert walk("1", "123*", facts=held).did == ["verified"]


def test_what_the_permit_wants_told_is_told_before_the_amount() -> None:
    walked = walk("1", RIGHT, facts=replace(FACTS, disclosures=("from_debt_collector", "amount_and_due_date")))
    assert keys_of(walked.last)[:2] == ["disclosures.from_debt_collector", "after.owed"]
    assert menu.can_tell(("mini_miranda", "caller_identity"))
    assert not menu.can_tell(("mini_miranda", "card_letter_seal"))


def test_nothing_is_asked_of_somebody_who_owes_nothing() -> None:
    walked = walk("1", RIGHT, facts=replace(FACTS, owed=Decimal(0)))
    assert keys_of(walked.last) == ["after.nothing_due"]


@pytest.mark.parametrize(("key", "did"), [("9", ["stop"]), ("1", []), (SILENCE, [])])
def test_somebody_whose_number_nobody_gave_us_can_only_say_stop(key: str, did: list[str]) -> None:
    walked = walk(key, facts=replace(FACTS, name=""))
    assert walked.did == did
    assert walked.last.standing.stage == "ended"


# ── Every way there is ───────────────────────────────────────────────────────────────────────────────────────────

PRESSED = ("1", "2", "3", "4", "0", "9", "*", "7", SILENCE, RIGHT, WRONG, "0315", "0231")


def everywhere(facts: TalkFacts) -> Iterator[tuple[Standing, Turn]]:
    """Every standing that can be reached, with the turn that leads there."""
    seen: set[Standing] = set()
    waiting = [menu.begin(facts)]
    while waiting:
        turn = waiting.pop()
        yield turn.standing, turn
        if turn.standing in seen:
            continue
        seen.add(turn.standing)
        lines = [Heard(keys) for keys in PRESSED]
        lines += [Heard(recording="RE1"), Heard(connected="completed"), Heard(connected="busy")]
        waiting += [menu.next_step(facts, turn.standing, heard, 1) for heard in lines]


VARIANTS = [
    replace(FACTS, language=language, inbound=inbound, check=check, link_by_text=link)
    for language, inbound, check, link in itertools.product(
        ("en", "zh-Hans"), (False, True), ("birth_date", "none"), (True, False)
    )
]


@pytest.mark.parametrize("facts", VARIANTS, ids=lambda facts: f"{facts.language}-{facts.inbound}-{facts.check}")
def test_no_word_of_a_debt_is_spoken_before_the_check_was_passed(facts: TalkFacts) -> None:
    packs, day = load_packs(), date(2026, 3, 2)
    spoken: set[str] = set()
    for standing, turn in everywhere(facts):
        if not standing.verified and turn.part.says:
            assert all(said.key.startswith("before.") for said in turn.part.says)
            spoken.add(words.speak(turn.part.says, facts))
    spoken.add(words.speak(menu.message(facts).part.says, facts))
    assert len(spoken) > 5
    for sentence in spoken:
        text = Text(
            "call", facts.language, "call", sentence, stage="before_identity", roles=frozenset({"original_creditor"})
        )
        assert may_not_say(text, packs, day) == ()
        assert "123" not in sentence
        assert "one hundred twenty-three" not in sentence


def test_the_amount_is_only_ever_behind_the_check() -> None:
    told = [turn for _, turn in everywhere(FACTS) if "after.owed" in keys_of(turn)]
    assert told
    assert all(turn.standing.verified for turn in told)


@pytest.mark.parametrize("facts", VARIANTS, ids=lambda facts: f"{facts.language}-{facts.inbound}-{facts.check}")
def test_nine_ends_it_everywhere_and_nothing_else_says_that_it_did(facts: TalkFacts) -> None:
    for standing, turn in everywhere(facts):
        assert ("before.stopped" in keys_of(turn)) == (Effect("stop") in turn.effects)
        if standing.stage not in {"ended", "human"}:
            stopped = menu.next_step(facts, standing, Heard("9"), 1)
            assert stopped.effects == (Effect("stop"),)
            assert stopped.standing.stage == "ended"


def test_a_stop_holds_even_in_the_last_step_of_a_call_that_goes_in_circles() -> None:
    assert menu.next_step(FACTS, Standing("menu", verified=True), Heard("9"), menu.MOST_STEPS).effects == (
        Effect("stop"),
    )


@pytest.mark.parametrize("key", PRESSED)
def test_every_walk_ends_whatever_is_pressed_for_ever(key: str) -> None:
    turn = menu.begin(FACTS)
    for number in range(1, menu.MOST_STEPS + 2):
        turn = menu.next_step(FACTS, turn.standing, Heard(key), number)
    assert turn.standing.stage == "ended"
    assert isinstance(turn.part, HangUp)


def test_every_standing_ends_at_the_last_step() -> None:
    for standing, _ in everywhere(FACTS):
        for keys in PRESSED:
            last = menu.next_step(FACTS, standing, Heard(keys), menu.MOST_STEPS)
            assert last.standing.stage == "ended"


def test_after_the_end_nothing_moves_and_nothing_is_said() -> None:
    for keys in PRESSED:
        assert menu.next_step(FACTS, Standing("ended"), Heard(keys), 5) == menu.silence()


def test_a_hardship_or_dispute_or_promise_needs_the_check() -> None:
    moved = {"dispute", "hardship", "promise", "link_asked", "human"}
    for standing, turn in everywhere(FACTS):
        if moved & {effect.kind for effect in turn.effects}:
            assert standing.verified
