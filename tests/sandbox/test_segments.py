"""Segments as the carrier counts them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forbear.sandbox.segments import count, encoding


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("汉" * 70, 1),
        ("汉" * 71, 2),
        ("汉" * 134, 2),
        ("汉" * 135, 3),
        ("汉" * 202, 4),
        ("😀" * 35, 1),
        ("a" * 66 + "😀" + "a" * 10, 2),
        ("😀" * 67, 3),
    ],
)
def test_known_counts(text: str, segments: int) -> None:
    assert count(text) == segments


@pytest.mark.parametrize("char", ["“", "，", "【", "ç", "ó"])
def test_one_foreign_character_turns_the_whole_text(char: str) -> None:
    assert encoding("a" * 100 + char) == "UCS-2"
    assert count("a" * 100 + char) == 2


@settings(deadline=None)
@given(st.text(max_size=400), st.text(max_size=40))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert 1 <= count(text) <= count(text + more)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_no_segment_holds_more_than_its_room(text: str) -> None:
    units = len(text.encode("utf-16-le")) // 2
    assert count(text) * (160 if encoding(text) == "GSM-7" else 70) >= (
        len(text) if encoding(text) == "GSM-7" else units
    )
