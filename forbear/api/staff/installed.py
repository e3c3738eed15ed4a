"""The rules and playbooks that this process has loaded, for the pages that ask for a permit."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from fastapi import Depends, Request

from forbear.cadence.playbooks import Playbook, load_all
from forbear.rules.cases import packs_on
from forbear.rules.packs import Packs


@cache
def _packs() -> Packs:
    return packs_on(None)


@cache
def _playbooks() -> Mapping[str, Playbook]:
    return load_all()


def packs_of(request: Request) -> Packs:
    """The rules that the application checked its templates against."""
    loaded: Packs | None = getattr(request.app.state, "packs", None)
    return loaded or _packs()


def playbooks_of(request: Request) -> Mapping[str, Playbook]:
    """The playbooks of this installation."""
    loaded: Mapping[str, Playbook] | None = getattr(request.app.state, "playbooks", None)
    return loaded or _playbooks()


ThePacks = Annotated[Packs, Depends(packs_of)]
ThePlaybooks = Annotated[Mapping[str, Playbook], Depends(playbooks_of)]
