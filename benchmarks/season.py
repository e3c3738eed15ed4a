"""Account-days a second of the season in a box, against empty transactions on the same server.

The season decides, sends, hears back and heals as the product does, in one loop without Temporal and sockets. An empty
transaction is the least that a day of an account could cost, and takes the machine's mood out of the figure.
"""

from functools import partial

import psycopg

from benchmarks.figure import Figure, in_turns, rates, seconds
from benchmarks.sizes import Sizes
from benchmarks.stand import Stand, plain
from tests.season.options import Size
from tests.season.stand import Played, play

SEED = 20260302
EMPTY = 500


def measure(stand: Stand, sizes: Sizes) -> list[Figure]:
    name = "account-days of the season in a box / empty transactions"
    ours, bare = in_turns(partial(_season, stand, sizes), partial(_empty, stand), sizes.slices)
    return [rates(name, "1/s", ours, bare, None)]


def _season(stand: Stand, sizes: Sizes) -> float:
    played: list[Played] = []
    size = Size(sizes.people, sizes.days)
    with stand.empty() as settings:
        took = seconds(lambda: played.append(play(settings, SEED, settings.data, size=size)))
    assert not played[0].findings, played[0].report()  # noqa: S101  a season with findings is no measure
    return played[0].account_days / took


def _empty(stand: Stand) -> float:
    with stand.empty() as settings:
        url = plain(settings.database_url_for("worker"))
        with psycopg.connect(url, autocommit=True) as connection:

            def all_of_them() -> None:
                for _ in range(EMPTY):
                    with connection.transaction():
                        connection.execute("SELECT 1")

            return EMPTY / seconds(all_of_them)
