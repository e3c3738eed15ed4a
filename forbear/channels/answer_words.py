"""What we answer to somebody who wrote: who we are, or that no more texts come; in the writer's language.

The texts are `templates/sms/<language>/replies.toml`. They say nothing about why we wrote.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from forbear.errors import BadData

FOLDER: Final = Path(__file__).resolve().parents[2] / "templates" / "sms"
NAME: Final = "replies.toml"
FALLBACK: Final = "en"


def worded(answer: str, language: str, *, lender: str, phone: str) -> str:
    """An answer in a language, its main language ('en' for 'en-US') or English; all Chinese is read in its one form.

    Raises:
        BadData: the texts know no such answer.
    """
    wanted = (language, language.partition("-")[0], *(("zh-Hans",) if language.startswith("zh") else ()))
    texts = _texts(next((each for each in wanted if each in languages()), FALLBACK))
    if answer not in texts:
        raise BadData(FOLDER / NAME, None, f"has no answer '{answer}'")
    return texts[answer].format(lender=lender, phone=phone)


@cache
def languages() -> tuple[str, ...]:
    """Those that we answer in."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob(f"*/{NAME}")))


@cache
def _texts(language: str) -> dict[str, str]:
    return tomllib.loads((FOLDER / language / NAME).read_text("utf-8"))["reply"]
