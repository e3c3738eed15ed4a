"""The print room as a way out: a letter is laid once, found by its touch, taken back in time, and never half there."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from forbear.channels.print_room import PrintRoom
from forbear.channels.print_spool import ASIDE, Spool, happened
from forbear.clock import Clock
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ports.sms import Accepted, Found, Refused, Unreadable
from tests.conftest import Hands
from tests.print_room.shelves import TOUCH, Stamps, order


@pytest.fixture
def stamps() -> Stamps:
    return Stamps()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "print-room")


@pytest.fixture
def room(spool: Spool, stamps: Stamps, clock: Clock) -> PrintRoom:
    return PrintRoom(spool, stamps, clock)


def find(room: PrintRoom, touch: str, clock: Clock) -> Found | None:
    return room.find(provider="print_room", touch=touch, to="", sender="", since=clock.now(), marker_sha256="")


def test_a_letter_lies_there_whole_with_its_address_and_its_manifest(room: PrintRoom, spool: Spool) -> None:
    assert room.send(order(service="registered")) == Accepted(TOUCH, "accepted")
    item = spool.look(TOUCH)
    assert item is not None
    assert item.shelf == "waiting"
    assert {file.name for file in item.folder.iterdir()} == {"letter.pdf", "address.pdf", "manifest.json"}
    assert (item.folder / "letter.pdf").read_bytes() == b"%PDF letter"
    assert b"Jordan Example" in (item.folder / "address.pdf").read_bytes()
    told = json.loads((item.folder / "manifest.json").read_text())
    assert (told["touch"], told["service"], told["pages"], told["country"]) == (TOUCH, "registered", 2, "US")
    assert told["files"]["letter.pdf"] == order().sha256
    assert "Jordan" not in json.dumps(told)
    assert "Sample" not in json.dumps(told)


def test_nobody_else_on_the_machine_may_look(room: PrintRoom, spool: Spool) -> None:
    room.send(order())
    item = spool.look(TOUCH)
    assert item is not None
    assert stat.S_IMODE(item.folder.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in item.folder.iterdir()} == {0o600}


def test_the_same_letter_given_again_is_one_letter(room: PrintRoom, spool: Spool, stamps: Stamps) -> None:
    assert room.send(order()) == room.send(order()) == Accepted(TOUCH, "accepted")
    assert len(list(spool.on("waiting"))) == len(stamps.asked) == 1


def test_it_is_one_letter_however_far_it_got(room: PrintRoom, spool: Spool, clock: Clock) -> None:
    room.send(order())
    spool.move(spool.meant(TOUCH), "printed", happened(TOUCH, "printed", clock.now()))
    assert room.send(order()) == Accepted(TOUCH, "accepted")
    assert not list(spool.on("waiting"))


def test_many_at_once_lay_one_letter(room: PrintRoom, spool: Spool) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(room.send, [order()] * 24))
    assert answers == {Accepted(TOUCH, "accepted")}
    assert len(list(spool.on("waiting"))) == 1
    assert not list((spool._folder / ASIDE).iterdir())


def test_another_letter_for_the_same_touch_is_refused(room: PrintRoom, spool: Spool) -> None:
    room.send(order())
    assert room.send(order(pdf=b"%PDF another")) == Refused("another-letter", ours=True)
    assert (spool.meant(TOUCH).folder / "letter.pdf").read_bytes() == b"%PDF letter"


def test_a_letter_without_its_address_page_is_not_laid(spool: Spool, clock: Clock) -> None:
    room = PrintRoom(spool, Stamps(refuses="window.only"), clock)
    assert room.send(order()) == Refused("window.only", ours=True)
    assert spool.look(TOUCH) is None


def test_a_disk_that_takes_nothing_refuses_and_leaves_nothing_half(
    room: PrintRoom, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("forbear.channels.print_spool.os.fsync", full)
    assert room.send(order()) == Refused("shelf-unwritable", ours=True)
    assert spool.look(TOUCH) is None
    assert not list((spool._folder / ASIDE).iterdir())
    monkeypatch.undo()
    assert room.send(order()) == Accepted(TOUCH, "accepted")


def test_a_lost_answer_is_found_again_by_its_touch(room: PrintRoom, clock: Clock) -> None:
    assert find(room, TOUCH, clock) is None
    room.send(order())
    assert find(room, TOUCH, clock) == Found(TOUCH, "accepted")


def test_a_letter_is_taken_back_until_it_is_printed(room: PrintRoom, spool: Spool, clock: Clock) -> None:
    other = "tch_Other7Zk2LpR9sTvW1yC3d"
    for touch in (TOUCH, other):
        room.send(order(touch))
    assert room.cancel(provider="print_room", touch=TOUCH, provider_id=TOUCH)
    assert room.cancel(provider="print_room", touch=TOUCH, provider_id=TOUCH)
    assert [item.touch for item in spool.on("cancelled")] == [TOUCH]
    spool.move(spool.meant(other), "printed", happened(other, "printed", clock.now()))
    assert not room.cancel(provider="print_room", touch=other, provider_id=other)
    assert not room.cancel(provider="print_room", touch="tch_Nobody000000000000000", provider_id="x")


def test_news_is_what_people_entered_each_once(room: PrintRoom, spool: Spool, clock: Clock, hands: Hands) -> None:
    room.send(order())
    assert room.tracking(provider="print_room", touch=TOUCH, provider_id=TOUCH) == []
    first = spool.move(spool.meant(TOUCH), "printed", happened(TOUCH, "printed", clock.now()))
    hands.advance(timedelta(hours=2))
    assert spool.move(spool.meant(TOUCH), "printed", happened(TOUCH, "printed", clock.now())) == first
    posted = happened(TOUCH, "handed_over", clock.now(), proof="posted", tracking_number="RR000000000")
    spool.move(spool.meant(TOUCH), "posted", posted)
    assert room.tracking(provider="print_room", touch=TOUCH, provider_id=TOUCH) == [first, posted]
    with pytest.raises(Unreadable):
        room.tracking(provider="print_room", touch="tch_Nobody000000000000000", provider_id="x")


def test_a_letter_is_meant_by_its_code_or_its_reference(room: PrintRoom, spool: Spool) -> None:
    room.send(order())
    room.send(order("tch_4QmXb7Zk2LAnother0000000"))
    assert spool.meant(f" {TOUCH}\n").touch == TOUCH
    assert spool.meant("TCH-4QmXb7Zk2LpR").touch == TOUCH
    with pytest.raises(BadInput, match="several"):
        spool.meant("TCH-4QmXb7Zk2L")
    with pytest.raises(NotFound):
        spool.meant("TCH-Nobody0000")


@pytest.mark.parametrize("code", ["", "../waiting", "tch_../../etc", "https://example.com", "tch_", "TCH-*"])
def test_what_is_no_code_reaches_no_folder(spool: Spool, code: str) -> None:
    with pytest.raises(BadInput):
        spool.meant(code)
    with pytest.raises(BadInput):
        spool.look(code)


def test_two_people_cannot_carry_one_letter_to_two_places(room: PrintRoom, spool: Spool, clock: Clock) -> None:
    room.send(order())
    seen = spool.meant(TOUCH)
    spool.move(seen, "cancelled", happened(TOUCH, "cancelled", clock.now()))
    with pytest.raises(Conflict):
        spool.move(seen, "printed", happened(TOUCH, "printed", clock.now()))
    assert spool.meant(TOUCH).shelf == "cancelled"
    assert [each.status for each in spool.meant(TOUCH).news] == ["cancelled"]
