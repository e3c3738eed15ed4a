"""The table of codes: every row is whole, and says of the reference's codes what the reference says."""

import pytest

from forbear.cadence.channel_codes import meaning_on
from forbear.cadence.sms_codes import CODES, OF_FORBEAR, Meaning, meaning

EVERY = [(route, code, known) for route, table in CODES.items() for code, known in table.items()]
CLASSES = {
    "permanent": "21211 21214 21217 21401 21604 21614 21635 30006 21610 30004 30005 30640",
    "configuration": "20003 20404 21606 21603 21212 21408 21612 21617 30002 30007 30034 30032 30450 35111 35114 35115 35125",
    "retry_safe": "429 20429 21611 30001 30003 30008 30047 30500",
    "ambiguous": "20500 20503",
    "deferred": "30036 30610",
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in CLASSES.items() for code in codes.split()])
def test_each_code_of_the_reference_is_of_its_class(kind: str, code: str) -> None:
    known = meaning("twilio", code)
    assert known is not None
    assert known.kind == kind


@pytest.mark.parametrize(("route", "code", "known"), EVERY, ids=[f"{route}-{code}" for route, code, _ in EVERY])
def test_each_row_is_whole(route: str, code: str, known: Meaning) -> None:
    assert known.says
    assert known.ours == bool(known.do), "an operator who is called is told what to do, and nobody else is"
    assert (known.action == "number_off") == (known.strikes > 0)
    assert meaning(route, code) is known


def test_our_own_words_mean_the_same_on_every_route() -> None:
    assert all(meaning(route, word) is known for route in CODES for word, known in OF_FORBEAR.items())


@pytest.mark.parametrize(("word", "known"), OF_FORBEAR.items())
def test_our_own_words_mean_the_same_of_a_call(word: str, known: Meaning) -> None:
    assert meaning_on("call", "twilio", word, refused=True) is known
    assert meaning_on("call", "twilio", None, refused=True) is None


@pytest.mark.parametrize(("route", "code"), [("twilio", "99999"), ("twilio", None), ("pigeon", "21211")])
def test_what_nobody_put_into_the_table_means_nothing(route: str, code: str | None) -> None:
    assert meaning(route, code) is None
