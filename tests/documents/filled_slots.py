"""Makes a paper whose empty slots a test has filled, as a press would, and tells the fonts and pages of its file.

A program of its own: the engine finds its fonts by the environment it starts in, and the letters lie in a copy.
"""

import json
import os
import sys
from pathlib import Path

from forbear.documents import core_font
from forbear.documents.fonts import configure
from forbear.documents.kinds import Kind
from forbear.ports.papers import Paper


def main(kind: str, letters: Path, home: Path) -> None:
    core_font.ensure()
    os.environ["FONTCONFIG_FILE"] = str(configure(home))
    from forbear.documents import checking, engine, wording
    from forbear.documents.reading import Finished
    from forbear.documents.registry import folder_of, read_kind
    from forbear.documents.samples import sample

    found = read_kind(folder_of(kind), letters)

    def kind_of(paper: Paper) -> Kind:
        found.admit(paper)
        return found

    wording.__dict__.update(kind_of=kind_of, FOLDER=letters)
    words = wording.word_letter(sample(found, folder=letters))
    made = engine.render(words)
    pages = checking.check(words, made)
    fonts = sorted(name.rpartition("+")[2] for name in Finished.read(made.pdf).fonts)
    print(json.dumps({"fonts": fonts, "draft": words.draft, "pages": pages}))  # noqa: T201  a program's answer


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
