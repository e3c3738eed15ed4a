"""A tracking number is one letter's, also when two desks of the print room enter the same one at the same moment."""

import pytest

from forbear.errors import Conflict
from forbear.ledger.print_room import number_of, tell
from forbear.ports.post import Tracked
from tests.ledger.house import House
from tests.ledger.races import start, until_blocked
from tests.post.mailing import Mailed, mailed

NUMBER = "RR000000010US"


def enter(house: House, letter: Mailed) -> None:
    """As the command does: the number is kept while it is entered."""
    with number_of(house.ledger, letter.touch, NUMBER):
        post(house, letter)


def post(house: House, letter: Mailed) -> None:
    news = Tracked("handed_over", house.now, f"{letter.touch}:posted", proof="posted", tracking_number=NUMBER)
    tell(house.ledger, letter.touch, news)


def test_of_two_desks_with_one_number_the_second_waits_and_is_refused(house: House) -> None:
    one, other = (mailed(house, provider="print_room", service="registered") for _ in range(2))
    for letter in (one, other):
        letter.record()
    with number_of(house.ledger, one.touch, NUMBER):
        second = start(lambda: enter(house, other))
        assert until_blocked(house.ledger, "api", second), "it looks before the first has written"
        post(house, one)
    with pytest.raises(Conflict, match="another letter has this tracking number"):
        second.result()
    assert [letter.letter().tracking_number for letter in (one, other)] == [NUMBER, None]
    enter(house, one)


def test_another_number_waits_for_nobody(house: House) -> None:
    one, other = (mailed(house, provider="print_room", service="registered") for _ in range(2))
    with number_of(house.ledger, one.touch, "RR000000011US"), number_of(house.ledger, other.touch, "RR000000012US"):
        assert one.letter().tracking_number is None
