"""The limit of the papers: the engine alone writes pages that are handed to it, in one process, and tells how long."""

import json
import sys

from benchmarks.figure import seconds
from forbear.documents.registry import FOLDER


def main() -> None:
    from weasyprint import HTML

    told = json.load(sys.stdin)
    styles = [str(FOLDER / "letter.css"), str(FOLDER / f"{told['sheet']}.css")]

    def write(page: str) -> None:
        HTML(string=page).write_pdf(pdf_variant="pdf/a-2a", stylesheets=styles)

    write(told["pages"][0])  # what is loaded once is no paper's

    def all_of_them() -> None:
        for page in told["pages"]:
            write(page)

    print(seconds(all_of_them))


if __name__ == "__main__":
    main()
