"""Numbers of pages and names of files, over any parts."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from forbear.documents.packets.naming import NAME, file_names, plain, volume_names
from forbear.documents.packets.numbering import Length, number, span
from forbear.ports.packets import Part
from tests.packets.conftest import profile

LENGTHS = st.lists(
    st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=8), min_size=1, max_size=4
)
TITLES = st.text(min_size=1, max_size=120)


def _volumes(drawn: list[list[tuple[int, bool]]]) -> list[list[Length]]:
    return [
        [Length(f"{volume}-{at}", pages, exhibit) for at, (pages, exhibit) in enumerate(parts)]
        for volume, parts in enumerate(drawn)
    ]


@given(LENGTHS)
def test_numbers_go_on_through_all_volumes_and_are_the_places_of_pages(drawn: list[list[tuple[int, bool]]]) -> None:
    runs = number(_volumes(drawn), profile("us-tx"))
    labels = [label for run in runs for label in run.labels]
    assert labels == [str(each) for each in range(1, len(labels) + 1)]
    for volume in {run.volume for run in runs}:
        inside = [run for run in runs if run.volume == volume]
        assert [run.at for run in inside] == [sum(each.pages for each in inside[:at]) for at in range(len(inside))]


@given(LENGTHS)
def test_with_the_volume_in_its_prefix_each_counts_from_one(drawn: list[list[tuple[int, bool]]]) -> None:
    runs = number(_volumes(drawn), profile("us-tx", prefix="{volume}-"))
    for volume in {run.volume for run in runs}:
        inside = [label for run in runs if run.volume == volume for label in run.labels]
        assert inside == [f"{volume}-{each}" for each in range(1, len(inside) + 1)]


@given(LENGTHS, st.integers(0, 500))
def test_exhibits_numbers_count_exhibits_alone(drawn: list[list[tuple[int, bool]]], start: int) -> None:
    runs = number(_volumes(drawn), profile("us-tx", bates_start=start))
    bates = [each for run in runs for each in run.bates]
    pages = sum(pages for parts in drawn for pages, exhibit in parts if exhibit)
    assert bates == [f"EX{each:06}" for each in range(start, start + pages)]
    assert not any(run.bates for run in number(_volumes(drawn), profile("gb-eaw")))


def test_one_page_is_named_alone() -> None:
    assert span(["7"]) == "7"
    assert span(["7", "8", "9"]) == "7-9"
    assert not span([])


@given(st.lists(TITLES, min_size=1, max_size=130), st.integers(20, 60))
def test_names_are_plain_short_and_differ(titles: list[str], most: int) -> None:
    parts = [Part(f"k{at}", title, "exhibit", "exhibit", tab=str(at)) for at, title in enumerate(titles)]
    names = file_names(parts, most)
    assert len(set(names)) == len(names)
    for name in names:
        assert NAME.fullmatch(name)
        assert len(name) <= most


def test_names_say_what_a_part_is() -> None:
    parts = [
        Part("a", "Complaint", "paper", "complaint"),
        Part("b", "Statement of account", "exhibit", "exhibit", tab="B"),
        Part("c", "借款合同", "exhibit", "evidence", tab="3"),
        Part("d", "还款记录", "exhibit", "evidence", tab="4"),
        Part("e", "Señor Ibáñez's notice (2026/01)", "exhibit", "exhibit"),
    ]
    assert file_names(parts, 50) == (
        "01_Complaint.pdf",
        "02_Exhibit-B_Statement-of-account.pdf",
        "03_evidence-01.pdf",
        "04_evidence-02.pdf",
        "05_Senor-Ibanezs-notice-2026-01.pdf",
    )
    assert plain("借款合同 Loan") == ""
    assert volume_names(1) == ("Packet.pdf",)
    assert volume_names(12)[0] == "Volume-01.pdf"
    long = replace(parts[1], title="A very long title that goes on and on and on until nobody reads it")
    assert file_names([long], 50) == ("01_Exhibit-B_A-very-long-title-that-goes-on.pdf",)
