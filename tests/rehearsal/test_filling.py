"""Forms of pages as robots read them, and how a packet's page says where it stands."""

import pytest

from forbear.rehearsal.filling import sheet_to, sheets, told_as_text
from forbear.rehearsal.legal import Known, stands

PAGE = """
<h1>Packet 2: Suit (New York)</h1>
<form action="/one" method="post"><input type="hidden" name="csrf" value="t&amp;t"><input type="hidden" name="version" value="7">
<input type="date" name="on" value="2026-10-26"><textarea name="remark">as it was</textarea>
<select name="person"><option value="">choose</option><option value="per_1">Somebody, borrower</option></select>
<input type="radio" id="way" name="way" value="suit" checked><label for="way">Suit</label>
<input type="radio" id="way-mediation" name="way" value="mediation"><label for="way-mediation">Mediation</label>
<input type="checkbox" name="mine" value="yes"><input type="file" name="file"></form>
<form action="/two"><select name="court"><option value="a">A</option><option value="b" selected>B</option></select></form>
"""


def test_a_form_is_sent_with_what_the_page_gave_and_what_is_told() -> None:
    sheet = sheet_to(PAGE, "/one")
    assert sheet is not None
    assert sheet.filled({"remark": "new", "way": "mediation", "unasked": "never"}) == {
        "csrf": "t&t", "version": "7", "on": "2026-10-26", "remark": "new", "person": "", "way": "mediation",
    }  # fmt: skip
    assert sheet.choice("person", "Somebody") == "per_1"
    assert sheet.options["way"] == {"suit": "Suit", "mediation": "Mediation"}
    assert sheets(PAGE)[1].values == {"court": "b"}
    assert sheet_to(PAGE, "/three") is None


def test_values_are_written_as_inputs_hold_them() -> None:
    told = {"yes": True, "no": False, "lines": ["a", "b"], "rows": [{"text": "x"}], "sum": "1.00", "count": 3}
    assert told_as_text(told) == {"yes": "yes", "no": "no", "lines": "a\nb", "sum": "1.00", "count": "3"}


@pytest.mark.parametrize(
    ("page", "how"),
    [
        ('<form action="/r/packets/p/filed"><a href="/r/packets/p/return">', "approved"),
        ('<a href="/r/packets/p/files/Packet.pdf">', "filed"),
        ('<a href="/r/packets/p/return">', "prepared"),
        ('<p class="incident">draft</p><a href="/r/packets/p/return">', "draft"),
        ('<a class="act" href="/r/packets">', "again"),
        ("<p>is being made</p>", "waiting"),
    ],
)
def test_a_packets_page_says_how_it_stands(page: str, how: str) -> None:
    assert stands(page, "/r", "/r/packets/p") == how


def test_a_packet_is_known_by_the_longest_name_in_its_heading() -> None:
    known = Known(labels={"us.suit": "Suit", "us-ny.suit": "Suit (New York)"})
    assert known.profile(PAGE) == "us-ny.suit"
    assert known.profile("<h1>Nothing</h1>") == ""
