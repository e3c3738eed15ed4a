"""The lines in the window: by country, and refused by number where they cannot stand there."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.documents.addressing import HAN_LINE, window_lines
from forbear.documents.envelopes import Box, sheets
from forbear.documents.presses import Presses
from forbear.ports.papers import Paper, Unprintable
from forbear.ports.post import PostAddress
from tests.documents.letters import CHICAGO, EXAMPLETON, SHENZHEN, TAIPEI, american, british, chinese, taiwanese, to


def test_an_american_address_ends_with_city_state_and_code() -> None:
    assert window_lines(CHICAGO) == ("Jordan Example", "1200 Sample Street", "Apt 4B", "Chicago, IL 60601")


def test_a_chinese_address_begins_with_the_code_and_ends_with_the_name() -> None:
    lines = window_lines(SHENZHEN)
    assert lines == ("518000", "广东省深圳市", "示例区示例街道示例路100号", "示例小区8栋1单元1202室", "玥镕喆 收")
    beijing = replace(SHENZHEN, city="北京市", region="北京市", lines=("示例大街1号",))
    assert window_lines(beijing) == ("518000", "北京市", "示例大街1号", "玥镕喆 收")


def test_a_chinese_address_in_latin_letters_stands_as_it_is_written_there() -> None:
    at = PostAddress("Wei Example", ("8 Example Road",), "Shenzhen", "CN", "Guangdong", "518000")
    assert window_lines(at) == ("Wei Example", "8 Example Road", "Shenzhen, Guangdong 518000", "China")


def test_a_british_address_ends_with_the_post_town_in_capitals_and_the_code() -> None:
    lines = window_lines(replace(EXAMPLETON, postal_code="zz99 3wz", region="Exampleshire"))
    assert lines == (
        "Morgan Example",
        "Flat 2",
        "14 Sample Terrace",
        "Fictional Green",
        "EXAMPLEFORD",
        "ZZ99 3WZ",
    )


def test_an_address_of_taiwan_is_written_in_the_order_of_its_post() -> None:
    assert window_lines(TAIPEI) == ("100001", "臺北市", "範例區範例路一段100號8樓之1", "範例君 君收")
    latin = PostAddress("Wei Example", ("8 Example Road",), "Taipei", "TW", "", "100001")
    assert window_lines(latin) == ("Wei Example", "8 Example Road", "Taipei, 100001", "Taiwan")


@given(st.text(alphabet="示例路号栋单元室0123456789", min_size=1, max_size=40))
def test_a_long_chinese_line_goes_on_in_the_next_and_loses_nothing(street: str) -> None:
    lines = window_lines(replace(SHENZHEN, lines=(street,)))[2:-1]
    assert "".join(lines) == street
    assert all(len(line) <= HAN_LINE for line in lines)


def test_no_number_is_torn_in_two() -> None:
    lines = window_lines(replace(SHENZHEN, lines=("示例区示例街道办事处示例大道西路12345号示例花园二期18栋2602室",)))[
        2:-1
    ]
    assert lines == ("示例区示例街道办事处示例大道西路", "12345号示例花园二期18栋2602室")


@pytest.mark.parametrize(
    ("to_whom", "code", "sentence"),
    [
        (replace(CHICAGO, lines=("a1", "b2", "c3", "d4")), "address.lines", "6 lines; the window holds 5"),
        (replace(SHENZHEN, lines=("示" * 22 * 4,)), "address.lines", "7 lines; the window holds 6"),
        (replace(EXAMPLETON, lines=("a1", "b2", "c3", "d4", "e5")), "address.lines", "8 lines; the window holds 7"),
        (replace(CHICAGO, lines=(), name=""), "address.lines", "1 lines"),
        (replace(CHICAGO, lines=("@1 Sample Street",)), "address.shape", "line 2 "),
        (replace(CHICAGO, lines=("1 Sample Street", "---")), "address.shape", "line 3 "),
        (replace(CHICAGO, lines=("1 Sample\u202eStreet",)), "address.shape", "line 2 "),
        (replace(CHICAGO, lines=("No fixed abode",)), "address.undeliverable", "line 2 "),
        (replace(SHENZHEN, lines=("地址不详",)), "address.undeliverable", "line 3 "),
        (replace(CHICAGO, country="DE"), "address.country", "DE"),
    ],
)
def test_an_address_that_cannot_be_posted_is_refused_by_its_line(
    to_whom: PostAddress, code: str, sentence: str
) -> None:
    with pytest.raises(Unprintable) as refused:
        window_lines(to_whom)
    assert refused.value.code == code
    assert sentence in refused.value.sentence
    assert "Sample" not in refused.value.sentence


@pytest.mark.parametrize(
    ("paper", "line"),
    [
        (to(american(), lines=("1200 Sample Street Northwest at the Corner of Another Long Example Avenue",)), 2),
        (to(american(), name="A Very Long Name That Goes On and On Until No Window Could Ever Hold It"), 1),
        (to(chinese(), name="示" * 26), 5),
    ],
    ids=["street", "name", "chinese-name"],
)
def test_a_line_too_long_for_the_window_is_named_and_never_cut(presses: Presses, paper: object, line: int) -> None:
    with pytest.raises(Unprintable) as refused:
        presses.render(paper)  # pyright: ignore[reportArgumentType]  a paper, by its parameter
    assert refused.value.code == "window.address"
    assert f"line {line} of the address is too long" in refused.value.sentence


@pytest.mark.parametrize(
    "paper",
    [
        to(
            american(),
            lines=("c/o The Example Family", "12345 North Sample Boulevard", "Building 12, Apt Jg"),
            name="Őze J.",
        ),
        to(american(), name="Maria-Fernanda Wolfeschlegelstein-Example", city="Saint Example-upon-the-Lake"),
        to(chinese(), region="示例维吾尔自治区", city="克孜勒苏柯尔克孜自治州示例县", lines=("示例" * 22,)),
        to(chinese(), lines=("示例" * 11, "示例" * 22), name="阿卜杜热西提·阿卜杜热合曼示例"),
        to(british(), lines=("Flat 2", "The Example Building", "14 Sample Terrace", "Fictional Green"), name="Őze Jg"),
        to(taiwanese(), lines=("範例" * 22,)),
    ],
    ids=["us-five", "us-wide", "cn-five", "cn-six", "gb-seven", "tw-five"],
)
def test_an_address_of_as_many_lines_and_signs_as_there_is_room_for_stands_in_the_window(
    presses: Presses, paper: Paper
) -> None:
    assert presses.render(paper).pages == 1


def test_what_a_window_always_shows_lies_inside_what_it_can_show() -> None:
    for sheet in sheets().values():
        assert sheet.page.holds(sheet.address)
        assert all(box.holds(sheet.address) for box in sheet.private)
        assert all(box.grown(-3.0).holds(sheet.address) for box in sheet.private)


@pytest.mark.parametrize("name", ["letter-US", "a4-CN", "a4-GB", "a4-GB-C5", "a4-TW"])
@pytest.mark.parametrize("across", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("up", [0.0, 0.5, 1.0])
def test_wherever_a_sheet_lies_the_window_stays_within_its_private_part(name: str, across: float, up: float) -> None:
    """The window is put down on a sheet that lies anywhere in its envelope, by plain subtraction."""
    sheet = sheets()[name]
    for envelope, private in zip(sheet.envelopes, sheet.private, strict=True):
        left = across * (envelope.width - sheet.width)
        lifted = up * (envelope.height - sheet.panel)
        top = sheet.panel + lifted - envelope.bottom - envelope.window_height
        window = Box(
            envelope.left - left,
            top,
            envelope.left - left + envelope.window_width,
            top + envelope.window_height,
        )
        assert private.grown(-2.9).holds(window)
        assert window.grown(0.01).holds(sheet.address)
