"""The commands of papers: make one for an account or from its sample, and show what the registry holds of each kind.

What is printed names no person and no amount: pages, digest, version, and whether the paper is a draft.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from forbear.errors import BadInput, Conflict
from forbear.ports.papers import Paper, Rendered, Unprintable

letters = typer.Typer(no_args_is_help=True, help="The papers there are, and what each has to be told.")
Found = TypeVar("Found")
READY_SECONDS: Final = 120.0
JOB_SECONDS: Final = 120.0
"""Machine time: whoever asks at a terminal may wait longer than a worker's activity."""


def letter(
    kind: Annotated[str, typer.Argument(help="Which paper; 'forbear letters kinds' lists them.")],
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="Where to write the PDF.")],
    *,
    sample: Annotated[bool, typer.Option("--sample", help="With its sample: fictional people and figures.")] = False,
    language: Annotated[str, typer.Option(help="In which language; its reader's if left out.")] = "",
) -> None:
    """Make one paper as PDF, checked as one that is sent."""
    from forbear.documents.registry import find_kind
    from forbear.documents.samples import sample as sample_of

    found = _known(lambda: find_kind(kind))
    if not sample:
        raise BadInput("--sample", "is missing", "Give --sample")
    rendered = render_once(sample_of(found, language))
    write_whole(out, rendered.pdf)
    typer.echo(
        f"{rendered.pages}\t{rendered.sha256}\t{found.id}@{found.version}\t{'draft' if rendered.draft else 'final'}"
    )


def render_once(paper: Paper) -> Rendered:
    """One paper from a press of its own.

    Raises:
        Conflict: it may not be printed, with the check that says so.
    """
    from forbear.documents.presses import Presses

    with Presses(1, ready_seconds=READY_SECONDS, job_seconds=JOB_SECONDS) as presses:
        return _known(lambda: presses.render(paper))


def write_whole(out: Path, pdf: bytes) -> None:
    """Write a file whole or not at all; it is personal, so that its owner alone may read it."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pdf)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadInput(
            "--out", f"cannot be written ({error.strerror})", "Give a file in a folder you may write"
        ) from None


def _known(ask: Callable[[], Found]) -> Found:
    """What is asked for; a refusal by a check becomes an answer of the command line."""
    try:
        return ask()
    except Unprintable as no:
        if no.code.startswith("kind.unknown"):
            raise BadInput("KIND", no.sentence, "Give one of those") from None
        raise Conflict(f"the paper was refused: {no}") from None
