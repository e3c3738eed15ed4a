"""One drawn number that decides many small things, so that a whole life costs few draws and still shrinks to a plain one."""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

T = TypeVar("T")
FACES = 2**62
SCATTER = 0x9E3779B97F4A7C15


class Dice:
    """Takes choices off a number, digit by digit; the number 0 takes the first of everything.

    The number is scattered first, since small ones are drawn more often than others.
    """

    def __init__(self, number: int) -> None:
        self.left = number * SCATTER % FACES

    def below(self, end: int) -> int:
        """A number from 0 to just below `end`."""
        self.left, digit = divmod(self.left, end)
        return digit

    def one(self, choices: Sequence[T]) -> T:
        """One of these; say one twice and it comes twice as often."""
        return choices[self.below(len(choices))]

    def in_(self, chances: int) -> bool:
        """True once in so many throws, and never for the number 0."""
        return self.below(chances) == chances - 1

    def some(self, choices: Sequence[T]) -> list[T]:
        """At least one of these, in their order."""
        taken = [each for each in choices if self.below(2)]
        return taken or [choices[0]]


def throw(draw: DrawFn) -> Dice:
    """Dice of one drawn number."""
    return Dice(draw(st.integers(0, FACES - 1)))
