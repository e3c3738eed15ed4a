"""The bindery opens its processes with the first packet, once, and closes what it opened."""

from typing import Any

import pytest

from forbear.documents.packets import on_demand
from forbear.documents.packets.on_demand import BinderyOnDemand
from forbear.ports.papers import Unprintable


class Processes:
    """Presses or desks that only count."""

    opened: list["Processes"]

    def __init__(self, count: int) -> None:
        self.count, self.closed = count, 0
        self.opened.append(self)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Processes]:
    Processes.opened = []

    def bind(_: object, *given: Any) -> Any:
        return given

    monkeypatch.setattr(on_demand, "Presses", Processes)
    monkeypatch.setattr(on_demand, "Desks", Processes)
    monkeypatch.setattr(on_demand.PacketBinder, "bind", bind)
    return Processes.opened


def test_the_first_packet_opens_it_and_the_next_finds_it_open(opened: list[Processes]) -> None:
    bindery: Any = BinderyOnDemand(2)
    assert opened == []
    assert bindery.bind((), "court", "facts") == ((), "court", "facts")
    bindery.bind((), "court", "facts")
    assert [each.count for each in opened] == [2, 2]
    bindery.close()
    assert [each.closed for each in opened] == [1, 1]


def test_without_packets_nothing_is_opened_and_what_is_closed_stays_closed(opened: list[Processes]) -> None:
    bindery: Any = BinderyOnDemand(2)
    bindery.close()
    with pytest.raises(Unprintable):
        bindery.bind((), "court", "facts")
    assert opened == []
