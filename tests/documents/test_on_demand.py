"""The print shop is opened once: before the first letter where it was warmed, and never after it was closed."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from forbear.documents import on_demand
from forbear.documents.on_demand import OnDemand
from forbear.ports.papers import Unprintable


@dataclass
class Shop:
    """Counts how often presses were opened and closed."""

    opened: int = 0
    closed: int = 0
    broken: bool = False
    papers: list[Any] = field(default_factory=list[Any])

    def open(self) -> "Shop":
        if self.broken:
            raise OSError
        self.opened += 1
        return self

    def render(self, paper: Any) -> None:
        self.papers.append(paper)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop()
    monkeypatch.setattr(on_demand, "Presses", shop.open)
    return shop


def test_a_warmed_shop_is_open_before_its_first_letter_and_opened_once(shop: Shop) -> None:
    papers: Any = OnDemand()
    papers.warm().join(10)
    assert shop.opened == 1
    papers.render("a letter")
    papers.close()
    assert (shop.opened, shop.closed, shop.papers) == (1, 1, ["a letter"])


def test_without_letters_nothing_is_opened(shop: Shop) -> None:
    OnDemand().close()
    assert (shop.opened, shop.closed) == (0, 0)


def test_what_could_not_be_warmed_is_tried_again_by_the_first_letter(shop: Shop) -> None:
    papers: Any = OnDemand()
    shop.broken = True
    papers.warm().join(10)
    shop.broken = False
    papers.render("a letter")
    assert shop.opened == 1


def test_a_shop_that_was_closed_while_it_warmed_is_not_left_open(shop: Shop) -> None:
    papers: Any = OnDemand()
    papers.close()
    papers.warm().join(10)
    assert shop.opened == 0
    with pytest.raises(Unprintable):
        papers.render("a letter")
