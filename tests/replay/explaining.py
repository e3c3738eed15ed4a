"""Says in plain words what a change of a workflow's commands breaks, and what to do about it."""

import difflib
from collections.abc import Sequence

from tests.replay.fingerprints import OPTION

CHANGED = """
The commands of a workflow have changed:

{difference}

What this breaks. Accounts live for months, and their workflows are running now. When a worker takes one up, it replays
its history against this code: the same commands, by kind and activity name, in the same order. Where the history says
something else, the workflow task fails with a non-determinism error and is tried again for ever: the account stands
still, nothing is sent, and a STOP or a payment is not acted on by its workflow.

What to do.
* If no replay should see a difference, undo the change: move what is new into an activity or into the ledger.
* Otherwise keep both ways, and let a life that began on the old one end on it:

      if workflow.patched("what-is-new"):
          ...  # the new commands
      else:
          ...  # the old commands, as they were

  A run turns its page at every new stage and after 1,000 events, so the old branch may go when every run that knew it
  has ended; `workflow.deprecate_patch("what-is-new")` comes first. docs/operating.md, 'Changing a workflow', has the steps.
* A line that begins with 'option' alone does not break a replay: it holds for what is asked from now on. Make sure that
  it is meant all the same; 'maximum_attempts=1' of a contact is what keeps a text from being sent twice.

Then run the saved histories against it (pytest tests/replay), and when they pass:

      .venv/bin/python -m tests.replay.fingerprints     # takes the new order as the agreed one
      .venv/bin/python -m tests.replay.save             # saves a history of each new branch; name it in branches.py
"""
BROKEN = """
'{name}' of release {release} cannot be replayed by this code any more:

    {why}

This is the history of a life as an installation of that release has it now. A worker with this code would fail its
workflow task for ever: the account stands still. Keep the old commands for runs that began with them, behind
`workflow.patched(...)`; see docs/operating.md, 'Changing a workflow'. Saved histories of a release are never changed.
"""


def changed(before: Sequence[str], after: Sequence[str]) -> str:
    """What to tell somebody whose change of the code changed the fingerprint; '' if it did not."""
    if before == after:
        return ""
    difference = difflib.unified_diff(before, after, "as agreed", "as the code is now", lineterm="", n=2)
    shown = "\n".join(f"    {line}" for line in difference)
    told = CHANGED.format(difference=shown)
    return told if _breaks(before, after) else f"{told}\nOnly options have changed here: no replay breaks.\n"


def broken(release: str, name: str, error: Exception) -> str:
    """What to tell somebody whose code cannot replay a saved history."""
    return BROKEN.format(release=release, name=name, why=str(error).strip().replace("\n", "\n    "))


def _breaks(before: Sequence[str], after: Sequence[str]) -> bool:
    def without_options(lines: Sequence[str]) -> list[str]:
        return [line for line in lines if f" {OPTION}" not in line]

    return without_options(before) != without_options(after)
