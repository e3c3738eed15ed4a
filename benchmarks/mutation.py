"""`make mutate`: changes the engine in one small place after another and asks which test notices.

Runs mutmut on the files that `pyproject.toml` names and writes `docs/mutation.md`. A change that no test notices must
be explained in `docs/mutation_survivors.toml`, by the file, the line as it was and the line as it became; a survivor
without an explanation, or an explanation without a survivor, makes the run fail.
"""

import json
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant

MUTANTS = Path("mutants")
EXPLAINED = Path("docs/mutation_survivors.toml")
REPORT = Path("docs/mutation.md")
FATES = {
    **dict.fromkeys((1, 3), "killed"),
    **dict.fromkeys((0, 5, 33), "survived"),  # all tests passed; there were none
    **dict.fromkeys((36, 24, -24, 152, 255, -9), "timed out"),
}
"""By the exit status of the tests under one change."""
HEAD = """# Mutation test of the engine

`make mutate` changes the engine in one small place at a time (an operator, a number, a word, an argument) and runs the
published cases, the cases of every rule, the tests of each kind of rule and a fixed run of the oracle against each
change. *Killed*: a test failed. *Timed out*: the changed engine never came to an end, which a test notices too. Every
change that nothing noticed stands below with the reason why it changes no answer.

| file | changes | killed | timed out | survived, explained |
| --- | ---: | ---: | ---: | ---: |
"""


@dataclass(frozen=True)
class Change:
    """One change of one line: `was` and `now` without their indentation."""

    file: str
    was: str
    now: str


def changes(meta: Path) -> Iterator[tuple[str, str]]:
    """What became of each change of one file, with the name under which mutmut keeps it."""
    codes: dict[str, int | None] = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    for name, code in codes.items():
        if code not in FATES:
            raise SystemExit(f"{name} was not tried to its end ({code}): run it again")
        yield name, FATES[code]


def described(name: str, file: str) -> Change:
    """The lines that a change takes away and puts in their place."""
    lines = get_diff_for_mutant(name, path=Path(file)).splitlines()[2:]
    was, now = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in ("-", "+"))
    return Change(file.removeprefix("forbear/rules/"), was, now)


def reasons() -> dict[Change, str]:
    """The explanations that were written by hand."""
    read = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
    return {
        Change(each["file"], each["was"], now): " ".join(each["why"].split())
        for each in read.get("survivor", [])
        for now in each["now"]
    }


def report() -> int:
    """Write the report; the exit status."""
    known, rows, found = reasons(), list[str](), defaultdict[str, list[Change]](list)
    left: list[Change] = []
    for meta in sorted(MUTANTS.glob("forbear/rules/*.py.meta")):
        file = str(meta.relative_to(MUTANTS)).removesuffix(".meta")
        fates = list(changes(meta))
        count = Counter(fate for _, fate in fates)
        survivors = [described(name, file) for name, fate in fates if fate == "survived"]
        left += [each for each in survivors if each not in known]
        for each in survivors:
            found[known.get(each, "")].append(each)
        cells = (len(fates), count["killed"], count["timed out"], count["survived"])
        rows.append(f"| `{Path(file).name}` | " + " | ".join(str(cell) for cell in cells) + " |\n")
    unused = set(known) - {each for group in found.values() for each in group}
    REPORT.write_text(HEAD + "".join(rows) + "".join(_told(found)), encoding="utf-8")
    for each in left:
        print(f'[[survivor]]\nfile = "{each.file}"\nwas = {each.was!r}\nnow = [{each.now!r}]\nwhy = ""\n')
    for each in unused:
        print(f"explained, but it does not survive: {each}")
    return 1 if left or unused else 0


def _told(found: dict[str, list[Change]]) -> Iterator[str]:
    if found:
        yield "\n## What nothing noticed, and why\n"
    for why, group in found.items():
        yield f"\n{why or '**Not explained.**'}\n\n"
        yield from (f"* `{each.file}`: `{each.was}` became `{each.now}`\n" for each in sorted(group, key=str))


def main() -> int:
    """Run mutmut unless there is nothing to do but report."""
    if "--report" not in sys.argv:
        subprocess.run([Path(sys.executable).parent / "mutmut", "run"], check=True, stdout=subprocess.DEVNULL)
    return report()


if __name__ == "__main__":
    sys.exit(main())
