"""Whether every call that a playbook has the machine make can be spoken: looked at when a process starts."""

from collections.abc import Mapping

from forbear.cadence.playbooks import Playbook
from forbear.channels.voice.words import scripts
from forbear.errors import CannotStart


def check_scripts(playbooks: Mapping[str, Playbook]) -> None:
    """Pass playbooks whose machine calls all name a script.

    Raises:
        CannotStart: with every step that names none, a line each.
    """
    known = ", ".join(sorted(scripts()))
    lacking = [
        f"Playbook {book.name}, step {step.id}: there is no script {step.template}. Name one of {known}."
        for book in playbooks.values()
        for step in book.steps
        if step.channel == "call" and step.by == "machine" and step.template not in scripts()
    ]
    if lacking:
        raise CannotStart("\n".join(lacking))
