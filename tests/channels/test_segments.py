"""Segments of a text: the published lengths, and a slow greedy oracle that walks septets one by one."""

from hypothesis import given
from hypothesis import strategies as st

from forbear.channels.segments import BASIC, EXTENDED, segments

GSM = st.text(alphabet=sorted(BASIC | EXTENDED), max_size=700)
WIDE = st.text(alphabet="还款abc，【】😀é", min_size=1, max_size=300).map(lambda text: text + "还")


def test_published_lengths() -> None:
    assert segments("") == 1
    assert segments("a" * 160) == 1
    assert segments("a" * 161) == 2
    assert segments("a" * 306) == 2
    assert segments("a" * 307) == 3
    assert segments("€" * 80) == 1
    assert segments("€" * 81) == 2
    assert [segments("还" * size) for size in (70, 71, 134, 135, 202)] == [1, 2, 2, 3, 4]
    assert segments("😀" * 35) == 1
    assert segments("😀" * 36) == 2


def test_an_escape_pair_is_never_split() -> None:
    assert segments("a" * 152 + "€" + "a" * 152) == 3


@given(GSM)
def test_gsm_agrees_with_filling_parts_by_hand(text: str) -> None:
    units = ["".join("e" for _ in range(2)) if char in EXTENDED else "b" for char in text]
    if sum(map(len, units)) <= 160:
        expected = 1
    else:
        parts = [""]
        for unit in units:
            if len(parts[-1]) + len(unit) > 153:
                parts.append("")
            parts[-1] += unit
        expected = len(parts)
    assert segments(text) == expected


@given(WIDE)
def test_wide_text_agrees_with_filling_parts_by_hand(text: str) -> None:
    units = [char.encode("utf-16-be") for char in text]
    if sum(map(len, units)) <= 140:
        expected = 1
    else:
        parts = [b""]
        for unit in units:
            if len(parts[-1]) + len(unit) > 134:
                parts.append(b"")
            parts[-1] += unit
        expected = len(parts)
    assert segments(text) == expected
