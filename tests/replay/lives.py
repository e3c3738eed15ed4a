"""The files that are in the folder of every release, and what each of them shows."""

from tests.replay.branches import ACCOUNT, UPKEEP
from tests.replay.case_branches import CASE

SHOWS = {
    **{name: shows for branch in ACCOUNT for name, shows in zip(branch.saves, branch.shows, strict=True)},
    **{name: shows for branch in CASE for name, shows in zip(branch.saves, branch.shows, strict=True)},
    **{branch.saves: branch.shows for branch in UPKEEP},
}
NAMES = tuple(SHOWS)
