"""Draws one page of a packet, or tells its text: a program of its own, which reads a file and is gone.

Apart from the process that answers browsers, since a reader of files may hang, die or eat memory; it may take only so
much of either. Run as `python -m forbear.api.staff.cases_drawing <page> png|text`, the file on its standard input.
"""

import io
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pypdfium2

from forbear.errors import NotFound

MODULE: Final = "forbear.api.staff.cases_drawing"
SECONDS: Final = 30
MOST_MEMORY: Final = 3 * 1024**3
SCALE: Final = 1.6
"""Of 72 points to the inch: small print can be read, and a page is not a megabyte."""
WIDEST: Final = 2_400
MOST_TEXT: Final = 60_000


def png(content: bytes, page: int) -> bytes:
    """One page as a picture; `page` counts from 0.

    Raises:
        NotFound: it could not be drawn.
    """
    return _asked(content, page, "png")


def text(content: bytes, page: int) -> str:
    """What is written on one page, in the order in which the file has it.

    Raises:
        NotFound: it could not be read.
    """
    return _asked(content, page, "text").decode()[:MOST_TEXT]


def _asked(content: bytes, page: int, what: str) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-m", MODULE, str(page), what],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={"PYTHONUTF8": "1"},
            cwd=Path(__file__).parents[3],
        )
    except subprocess.TimeoutExpired:
        raise NotFound("a page could not be drawn in time") from None
    if done.returncode != 0:
        raise NotFound("a page could not be drawn")
    return done.stdout


def drawn(document: Any, page: int) -> bytes:
    """The picture itself."""
    sheet = document[page]
    scale = min(SCALE, WIDEST / max(sheet.get_width(), sheet.get_height()))
    made = io.BytesIO()
    sheet.render(scale=scale).to_pil().save(made, "PNG", optimize=False)
    return made.getvalue()


def work(page: int, what: str) -> None:
    """Do the one thing that was asked."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    document: Any = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    if what == "png":
        sys.stdout.buffer.write(drawn(document, page))
    else:
        sys.stdout.buffer.write(document[page].get_textpage().get_text_range().encode("utf-8", "replace"))


if __name__ == "__main__":
    work(int(sys.argv[1]), sys.argv[2])
