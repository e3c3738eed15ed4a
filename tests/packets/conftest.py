"""Presses and desks for all tests of a process, and the packets that several tests look at."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from forbear.documents.packets.binding import PacketBinder
from forbear.documents.packets.desks import Desks
from forbear.documents.packets.preflight import Look
from forbear.documents.packets.profiles import find_profile
from forbear.documents.packets.sample_packet import AMERICAN, CHINESE, sample_packet
from forbear.documents.presses import Presses
from forbear.ports.packets import Bound, CourtProfile, PacketFacts, Part


class Watched(Desks):
    """Desks that keep what they were asked to look at, so that a test can look again at something else."""

    seen: tuple[Look, tuple[bytes, ...]]

    def look(self, look: Look, files: tuple[bytes, ...]) -> None:
        self.seen = look, files
        super().look(look, files)


@pytest.fixture(scope="session")
def shop(press: Presses) -> Presses:
    return press


@pytest.fixture(scope="session")
def desks() -> Iterator[Watched]:
    with Watched(1) as desks:
        yield desks


@pytest.fixture(scope="session")
def binder(shop: Presses, desks: Watched) -> PacketBinder:
    return PacketBinder(shop, desks)


def profile(name: str, **other: Any) -> CourtProfile:
    """A court that does not ask for searchable text, as not every machine can recognise it."""
    return replace(find_profile(name), **{"needs_text_layer": False, **other})


@pytest.fixture(scope="session")
def american() -> tuple[tuple[Part, ...], PacketFacts]:
    """Papers and nine exhibits: texts, a scan, a photograph, one legal size, one turned."""
    return sample_packet(AMERICAN, exhibits=9, pages=24)


@pytest.fixture(scope="session")
def chinese() -> tuple[tuple[Part, ...], PacketFacts]:
    return sample_packet(CHINESE, exhibits=4, pages=18)


Looked = tuple[Bound, Look, tuple[bytes, ...]]


@pytest.fixture(scope="session")
def looked(binder: PacketBinder, desks: Watched, american: tuple[tuple[Part, ...], PacketFacts]) -> Looked:
    """The American packet, with what was looked at when it was bound."""
    made = binder.bind(american[0], profile("us-tx"), american[1])
    return (made, *desks.seen)


@pytest.fixture(scope="session")
def bound(looked: Looked) -> Bound:
    return looked[0]
