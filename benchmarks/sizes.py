"""How much is measured: enough to be steady, or just enough to see that the bench works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts for each slice, and how many slices."""

    slices: int
    rounds: int
    """Of a pure computation."""
    accounts: int
    """That live at once in the account loop."""
    touches: int
    """Of each of them."""
    decisions: int
    rows: int
    """Of an import."""
    cached: int
    """Workflows kept in a worker's memory."""
    people: int
    days: int
    rounds_of_touches: int
    """How many touches each thread of a channel sends."""
    people_called: int
    """By people, and as many visited."""
    texted: int
    """People, of whose texts the carrier has four pieces of news each."""
    papers: int
    """Of each slice."""
    letters: int
    """Of a run."""
    packets: int
    """Of each slice."""
    exhibits: int
    packet_pages: int


USUAL = Sizes(
    slices=3,
    rounds=40,
    accounts=40,
    touches=4,
    decisions=40,
    rows=80,
    cached=300,
    people=3,
    days=10,
    rounds_of_touches=6,
    people_called=20,
    texted=200,
    papers=40,
    letters=1_000,
    packets=4,
    exhibits=25,
    packet_pages=120,
)
TINY = Sizes(
    slices=1,
    rounds=2,
    accounts=3,
    touches=2,
    decisions=3,
    rows=4,
    cached=5,
    people=2,
    days=3,
    rounds_of_touches=1,
    people_called=2,
    texted=3,
    papers=2,
    letters=6,
    packets=1,
    exhibits=3,
    packet_pages=16,
)
