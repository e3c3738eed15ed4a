"""What an account is told by a paper that was posted: the event that the key `tells` of its `paper.toml` names.

Rules count from such an event, so that it is put down where the posting is learnt, and not left to somebody's memory.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final, cast, get_args

from forbear.contracts.words import EventKind
from forbear.errors import BadData

LETTERS: Final = Path(__file__).parents[2] / "templates" / "letters"
KEY: Final = "tells"


@cache
def told_by(kind: str, folder: Path = LETTERS) -> EventKind | None:
    """The event that the posting of a paper is; None where it is none, or where there is no such paper.

    Raises:
        BadData: it names an event that no rule knows.
    """
    path = folder / kind.replace(".", "-").replace("_", "-") / "paper.toml"
    if not path.is_file():
        return None
    event = tomllib.loads(path.read_text("utf-8")).get(KEY)
    if event is not None and event not in get_args(EventKind):
        raise BadData(path, None, f"{KEY} has '{event}': use {', '.join(get_args(EventKind))}")
    return cast("EventKind | None", event)
